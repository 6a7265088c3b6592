/** The other replicas: one internal WebSocket to each that something is followed at, and calls to their internal ports. */
import { callInternal } from '@quizboard/shared/http/internal-client.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { WebSocket } from 'ws'
import { createFeedFollows, type FeedFollows } from '../app/feed-follows.ts'
import type { ShardPeers } from '../ports/owner-feed.ts'
import { FEED_PATH, watchLink } from './ws-link.ts'

/** A part of a snapshot: rows with the longest ids and names. */
const REPLY_MAX_BYTES = 16 * 1024 * 1024
const CONNECT_MS = 2_000
/** An owner flushes before it lets go. */
const RELEASE_MS = 5_000
const ANNOUNCE_MS = 1_000

interface Link {
  socket: WebSocket
  follows: FeedFollows
}

export const createShardPeers = ({ secret, clock }: { secret: string; clock: Clock }): ShardPeers => {
  const links = new Map<string, Link>()
  let closed = false

  const connect = (address: string): Link => {
    const socket = new WebSocket(`${address.replace(/^http/, 'ws')}${FEED_PATH}`, {
      headers: { authorization: `Bearer ${secret}` },
      perMessageDeflate: false,
      maxPayload: REPLY_MAX_BYTES,
      handshakeTimeout: CONNECT_MS,
    })
    const follows = createFeedFollows((text) => socket.send(text))
    const link = { socket, follows }
    links.set(address, link)
    socket.once('open', () => {
      watchLink(socket, clock)
      follows.opened()
    })
    socket.on('message', (data, isBinary) => {
      if (isBinary || !follows.take(data.toString())) socket.terminate()
    })
    // The close comes after it.
    socket.on('error', () => {})
    socket.once('close', () => {
      if (links.get(address) === link) links.delete(address)
      follows.down()
    })
    return link
  }
  const post = async (address: string, path: string, body: unknown, timeoutMs: number) => {
    await callInternal(address, secret, { method: 'POST', path, body, timeoutMs })
  }

  return {
    follow(address, quizId, onMessage, onDown) {
      if (closed) return { stop: () => {} }
      return (links.get(address) ?? connect(address)).follows.follow(quizId, onMessage, onDown)
    },
    release: (address, partition, epoch, to) =>
      post(address, `/internal/v1/partitions/${partition}/release`, { epoch, to }, RELEASE_MS),
    announce: (address, partition, epoch, owner) =>
      post(address, `/internal/v1/partitions/${partition}/owner`, { epoch, owner }, ANNOUNCE_MS),
    async close() {
      closed = true
      for (const { socket } of links.values()) socket.terminate()
    },
  }
}

/** For a replica that is alone. */
export const noPeers: ShardPeers = {
  follow: () => ({ stop: () => {} }),
  release: () => Promise.reject(new Error('there are no other replicas')),
  announce: async () => {},
  close: async () => {},
}
