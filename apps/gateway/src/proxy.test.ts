import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type FrontServer, openFrontServer } from '@quizboard/shared/http/front-server.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createGatewayMetrics } from './metrics.ts'
import { createProxyBackend } from './proxy.ts'
import { createUpstream } from './upstream.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface FakeService {
  url: string
  server: Server
  isReady: boolean
  /** Says nothing about being ready. */
  isStalled: boolean
  seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
}
type Handle = (request: IncomingMessage, response: ServerResponse) => void

const startService = async (name: string, handle?: Handle): Promise<FakeService> => {
  const server = createServer(async (request, response) => {
    if (request.url === '/readyz' && service.isStalled) return
    if (request.url === '/readyz') {
      response.statusCode = service.isReady ? 200 : 503
      return response.end()
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    service.seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() })
    if (handle) return handle(request, response)
    response.setHeader('x-service', name)
    response.statusCode = 201
    response.end(`${name} says hello`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const service: FakeService = { url, server, isReady: true, isStalled: false, seen: [] }
  closing.push(() => stop(service))
  return service
}
const stop = ({ server }: FakeService) => {
  server.close()
  server.closeAllConnections()
}

const startGateway = async (services: readonly FakeService[], { trustedProxies = 0, lookMs = 50 } = {}) => {
  const logger = silentLogger()
  const front: FrontServer = await openFrontServer({
    ...{ setting: 'QUIZBOARD_PORT', port: 0, host: '127.0.0.1', connectionsLimit: 100, logger },
  })
  const upstream = createUpstream({ urls: services.map(({ url }) => url), clock, lookMs })
  const metrics = createTestMetrics()
  const service = 'quiz-service'
  const counts = createGatewayMetrics(metrics)
  counts.watch(service, upstream)
  const onUnavailable = () => counts.unavailable(service)
  front.open([createProxyBackend({ prefixes: ['/api/v1'], service, upstream, trustedProxies, logger, onUnavailable })])
  closing.push(front.close, () => upstream.stop())
  const url = `http://127.0.0.1:${front.port}`
  if (services.some(({ isReady }) => isReady)) await expect.poll(() => upstream.isReady).toBe(true)
  const counted = async (name: string) => (await metrics.registry.getSingleMetricAsString(name)).split(' ').at(-1)
  return { url, upstream, counted, get: (init?: RequestInit) => fetch(`${url}/api/v1/decks?limit=2`, init) }
}

describe('a request', () => {
  it('is handed on as it is, and so is its reply', async () => {
    const service = await startService('one')
    const { get } = await startGateway([service])
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' }
    const reply = await get({ method: 'POST', body: '{"a":"é"}', headers })
    expect([reply.status, reply.headers.get('x-service'), await reply.text()]).toEqual([201, 'one', 'one says hello'])
    expect(service.seen).toMatchObject([{ method: 'POST', url: '/api/v1/decks?limit=2', headers, body: '{"a":"é"}' }])
  })

  it.each([
    [0, '127.0.0.1', 'http'],
    [1, '9.9.9.9, 127.0.0.1', 'https'],
  ])(
    'tells the client’s address; its own claim counts behind %i proxies of ours',
    async (trustedProxies, forwarded, proto) => {
      const service = await startService('one')
      const { get } = await startGateway([service], { trustedProxies })
      await get({ headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-proto': 'https' } })
      expect(service.seen[0]?.headers).toMatchObject({ 'x-forwarded-for': forwarded, 'x-forwarded-proto': proto })
    },
  )

  it('goes to the replicas in turn, and to none that is not ready', async () => {
    const services = await Promise.all(['one', 'two', 'three'].map((name) => startService(name)))
    const [one, two, three] = services as [FakeService, FakeService, FakeService]
    two.isReady = false
    const { get } = await startGateway(services)
    for (let i = 0; i < 6; i++) expect((await get()).status).toBe(201)
    expect([one.seen.length > 0, two.seen.length, three.seen.length > 0]).toEqual([true, 0, true])
    two.isReady = true
    await expect.poll(async () => (await get()).headers.get('x-service')).toBe('two')
  })

  it('goes to one that does not say whether it is ready only if there is no other', async () => {
    const [one, two] = [await startService('one'), await startService('two')]
    const { get } = await startGateway([one, two])
    one.isStalled = true
    const names = async () => [
      ...new Set([await get(), await get(), await get()].map(({ headers }) => headers.get('x-service'))),
    ]
    await expect.poll(names).toEqual(['two'])
    two.isStalled = true
    await expect.poll(async () => (await names()).sort()).toEqual(['one', 'two'])
    two.isReady = false
    two.isStalled = false
    await expect.poll(names).toEqual(['one'])
  })

  it('[Q9.3] gets 503 with Retry-After while no replica is ready, and when the one that it went to is gone', async () => {
    const [one, two] = [await startService('one'), await startService('two')]
    const { get, counted } = await startGateway([one, two], { lookMs: 60_000 })
    expect(await counted('quizboard_gateway_replicas_ready')).toBe('2')
    stop(one)
    const replies = [await get(), await get(), await get(), await get()]
    expect(replies.filter(({ status }) => status === 503)).toHaveLength(1)
    stop(two)
    await get()
    const reply = await get()
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await reply.json()).toMatchObject({
      code: 'service/unavailable',
      detail: 'The quiz-service is not to be reached at this moment',
    })
    expect(await counted('quizboard_gateway_unavailable_total')).toBe('3')
    // Without another one the last is kept.
    expect(await counted('quizboard_gateway_replicas_ready')).toBe('1')
  })

  it('goes on to the one address that there is after a failure: behind a Service there are others', async () => {
    const service = await startService('one', (request, response) => {
      if (request.method === 'POST') return void request.socket.destroy()
      response.end('still here')
    })
    const { get } = await startGateway([service], { lookMs: 60_000 })
    expect((await get({ method: 'POST', body: '{}' })).status).toBe(503)
    expect(await (await get()).text()).toBe('still here')
  })

  it('is looked for on a new connection each time: a kept one would ask the pod that leaves, of all behind a Service', async () => {
    const service = await startService('one')
    let connections = 0
    service.server.on('connection', () => connections++)
    await startGateway([service], { lookMs: 20 })
    await expect.poll(() => connections).toBeGreaterThan(3)
  })

  it('does not lose its own connection when the service closes that to the gateway', async () => {
    const service = await startService('one', (_, response) => {
      response.setHeader('connection', 'close')
      response.end('leaving')
    })
    const { get } = await startGateway([service])
    const reply = await get()
    expect([await reply.text(), reply.headers.get('connection')]).toEqual(['leaving', 'keep-alive'])
  })

  it('half of whose reply came is broken off: nobody takes it for whole', async () => {
    const service = await startService('one', (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    })
    const { get } = await startGateway([service])
    await expect(get().then((reply) => reply.text())).rejects.toThrow()
  })
})

describe('a socket', () => {
  const live = async () => {
    const service = await startService('one')
    const sockets = new WebSocketServer({ noServer: true })
    service.server.on('upgrade', (request, socket, head) => {
      if (request.headers.origin === 'http://stranger')
        return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
      return sockets.handleUpgrade(request, socket, head, (ws) => {
        ws.send('welcome')
        ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }))
      })
    })
    const { url, upstream } = await startGateway([service], { lookMs: 60_000 })
    const connect = (options = {}) => {
      const ws = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`, options)
      const messages: string[] = []
      ws.on('message', (data) => messages.push(data.toString()))
      return { ws, messages }
    }
    return { service, sockets, upstream, connect }
  }

  it('is handed on in both directions, from its first byte to its close', async () => {
    const { connect } = await live()
    const { ws, messages } = connect()
    await once(ws, 'open')
    ws.send('{"type":"hello"}')
    await expect.poll(() => messages).toEqual(['welcome', '{"type":"hello"}'])
    ws.close(1000)
    expect((await once(ws, 'close'))[0]).toBe(1000)
  })

  it('[Q9.4] keeps the code with which the service closes it', async () => {
    const { connect, sockets } = await live()
    const { ws } = connect()
    await once(ws, 'open')
    for (const peer of sockets.clients) peer.close(4400, 'no hello')
    expect((await once(ws, 'close')).map(String)).toEqual(['4400', 'no hello'])
  })

  it('that the service refuses is refused so', async () => {
    const { connect } = await live()
    const { ws } = connect({ origin: 'http://stranger' })
    const [error] = await once(ws, 'error')
    expect(error.message).toContain('403')
  })

  it('ends when its service is gone, and one that comes then is refused with 503', async () => {
    const { connect, service, sockets } = await live()
    const { ws } = connect()
    await once(ws, 'open')
    for (const peer of sockets.clients) peer.terminate()
    expect((await once(ws, 'close'))[0]).toBe(1006)
    stop(service)
    for (let i = 0; i < 2; i++) {
      const [error] = await once(connect().ws, 'error')
      expect(error.message).toContain('503')
    }
  })
})
