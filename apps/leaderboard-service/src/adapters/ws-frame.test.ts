import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { PING_FRAME, textFrame } from './ws-frame.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

it('frames of every length are what a WebSocket client reads, byte by byte', async () => {
  const sizes = [0, 1, 125, 126, 127, 255, 256, 65_535, 65_536, 70_001, 200_000]
  const texts = sizes.map((size, i) => String.fromCharCode(97 + i).repeat(size))
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
    const head = `HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`
    socket.write(head + texts.map(textFrame).join(PING_FRAME), 'latin1')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const got: string[] = []
  let pings = 0
  client.on('ping', () => pings++)
  await new Promise<void>((resolve, reject) => {
    client.on('error', reject)
    client.on('message', (data, isBinary) => {
      got.push(isBinary ? 'binary' : data.toString())
      if (got.length === texts.length) resolve()
    })
  })
  expect(got.map((text) => text.length)).toEqual(sizes)
  expect(got).toEqual(texts)
  expect(pings).toBe(texts.length - 1)
  client.terminate()
  server.closeAllConnections()
  server.close()
})
