import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { raw } from '../testing/router-fixture.ts'
import { hardenServer, SERVER_OPTIONS, type ServerTimes } from './harden.ts'

const servers: Server[] = []
const start = async (times: ServerTimes = {}): Promise<number> => {
  const server = createServer({ ...SERVER_OPTIONS, connectionsCheckingInterval: 50 }, (req, res) => {
    if (req.url === '/begin') res.write('half of a reply')
    else res.end('ok')
  })
  hardenServer(server, times)
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
afterAll(() => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
})

it('[Q9] headers that drip in are ended with 408', async () => {
  const port = await start({ headersMs: 150, requestMs: 300 })
  const drip = ['GET / HTTP/1.1\r\n', 60, 'Host: x\r\n', 60, 'A: b\r\n', 60, 'C: d\r\n', 60, 'E: f\r\n', 100]
  expect(await raw(port, drip)).toMatch(/^HTTP\/1.1 408 [\s\S]*urn:quizboard:body\/too_slow/)
})
it('[Q9] an idle connection is closed after a while', async () => {
  const port = await start({ keepAliveMs: 100 })
  expect(await raw(port, ['GET / HTTP/1.1\r\nHost: x\r\n\r\n'])).toMatch(/^HTTP\/1.1 200 OK[\s\S]*ok$/)
})
it('[Q9] garbage behind a reply under way ends it without a second status line', async () => {
  const text = await raw(await start(), ['GET /begin HTTP/1.1\r\nHost: x\r\n\r\n', 100, 'garbage\r\n\r\n'])
  expect(text.match(/HTTP\/1.1/g)).toHaveLength(1)
})
it('[Q9] a request without Host is not HTTP/1.1', async () => {
  expect(await raw(await start(), ['GET / HTTP/1.1\r\n\r\n'])).toMatch(/^HTTP\/1.1 400 /)
})
it('[Q9] an expectation that nobody knows is ignored', async () => {
  const text = await raw(await start(), ['GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nConnection: close\r\n\r\n'])
  expect(text).toMatch(/^HTTP\/1.1 200 /)
})
