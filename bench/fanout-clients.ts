/** Cheap clients for both sides: bare sockets that count bytes and keep the last ones. Speaks with the benchmark by IPC. */
import { connect, type Socket } from 'node:net'
import { QUIZ_ID, userId } from './fanout-server.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
export type Protocol = 'ours' | 'socket.io'
const PATHS: Record<Protocol, string> = {
  ours: `/live/${QUIZ_ID}`,
  'socket.io': '/socket.io/?EIO=4&transport=websocket',
}
const helloOf = (protocol: Protocol, user: string): string =>
  protocol === 'ours' ? JSON.stringify({ type: 'hello', token: user }) : `40${JSON.stringify({ token: user })}`

/** A masked text frame; the mask is zero. */
const masked = (text: string): Buffer => {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new Error('too long for this')
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

let bytes = 0
let ended = 0
let last = ''

const open = (protocol: Protocol, host: string, port: number, i: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    let greeted = false
    socket.once('error', reject)
    socket.on('close', () => ended++)
    socket.write(
      `GET ${PATHS[protocol]} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`,
    )
    socket.on('data', (chunk) => {
      if (greeted) {
        bytes += chunk.length
        if (i === 0) last = chunk.toString('latin1')
        return
      }
      // The 101, then at socket.io a first packet, which may come with it.
      greeted = true
      socket.write(masked(helloOf(protocol, userId(i))))
      resolve(socket)
    })
  })

interface Ask {
  kind: 'connect' | 'count'
  protocol: Protocol
  host: string
  port: number
  count: number
}
process.on('message', async (ask: Ask) => {
  if (ask.kind === 'connect') {
    const batch = 50
    for (let from = 0; from < ask.count; from += batch) {
      const until = Math.min(ask.count, from + batch)
      const opening = []
      for (let i = from; i < until; i++) opening.push(open(ask.protocol, ask.host, ask.port, i))
      await Promise.all(opening)
    }
    process.send?.({ kind: 'connected' })
  } else {
    process.send?.({ kind: 'counted', bytes, ended, last })
    bytes = 0
  }
})
process.on('disconnect', () => process.exit())
