/** The internal WebSocket by which other replicas follow what is owned here. Who has no internal secret gets no further than HTTP. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { bearerOf } from '@quizboard/shared/http/authenticate.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { type WebSocket, WebSocketServer } from 'ws'
import { createFeedSession } from '../app/feed-session.ts'
import type { Shards } from '../app/shards.ts'
import { refuseUpgrade } from './ws-handshake.ts'
import { FEED_PATH, watchLink } from './ws-link.ts'

export interface FeedServer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Other replicas that are connected. */
  readonly links: number
  close(): void
}

export interface FeedServerOptions {
  shards: Pick<Shards, 'followHere'>
  /** Of every topic. */
  partitions: number
  secret: string
  clock: Clock
  logger: Logger
}

/** A request names one quiz. */
const REQUEST_MAX_BYTES = 4 * 1024
const LINKS_MAX = 1_000

const isSecret = (given: string | undefined, secret: Buffer): boolean => {
  const bytes = Buffer.from(given ?? '')
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}

export const createFeedServer = ({ shards, partitions, secret, clock, logger }: FeedServerOptions): FeedServer => {
  const expected = Buffer.from(secret)
  const links = new Set<WebSocket>()
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: REQUEST_MAX_BYTES,
  })
  const begin = (socket: WebSocket) => {
    const session = createFeedSession({ shards, partitions, clock, send: (text) => socket.send(text) })
    links.add(socket)
    watchLink(socket, clock)
    socket.on('message', (data, isBinary) => {
      if (!isBinary && session.take(data.toString())) return
      logger.warn('a replica sent what is no request of a feed; its link is closed')
      socket.close(1008)
    })
    // ws ends the connection by itself.
    socket.on('error', () => {})
    socket.once('close', () => {
      session.close()
      links.delete(socket)
    })
  }
  return {
    get links() {
      return links.size
    },
    upgrade(request, socket, head) {
      if (request.url !== FEED_PATH) refuseUpgrade(socket, 'route/unknown', `The feed is at ${FEED_PATH}`)
      else if (!isSecret(bearerOf(request), expected))
        refuseUpgrade(socket, 'auth/invalid', 'The internal secret is wrong', { 'WWW-Authenticate': 'Bearer' })
      else if (links.size >= LINKS_MAX)
        refuseUpgrade(socket, 'service/unavailable', 'Too many replicas follow this one')
      else server.handleUpgrade(request, socket, head, begin)
    },
    close() {
      for (const socket of links) socket.terminate()
    },
  }
}
