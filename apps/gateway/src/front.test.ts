import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { type FrontServer, openFrontServer } from '@quizboard/shared/http/front-server.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPages } from './pages.ts'
import { loadWebFiles } from './web-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'quizboard-web-'))
const PAGE = '<!doctype html><head><title>Quizboard</title></head>'
const SCRIPT = 'console.log("quiz")\n'.repeat(200)
mkdirSync(join(folder, 'assets'))
writeFileSync(join(folder, 'index.html'), PAGE)
writeFileSync(join(folder, 'assets', 'index-B1x2.js'), SCRIPT)
writeFileSync(join(folder, '.built-from'), 'secret')

const open = async () =>
  openFrontServer({
    setting: 'QUIZBOARD_PORT',
    port: 0,
    host: '127.0.0.1',
    connectionsLimit: 100,
    fallback: createPages({ web: await loadWebFiles(folder), https: false }),
    logger: silentLogger(),
  })

let gateway: FrontServer
const reached: string[] = []
beforeAll(async () => {
  gateway = await open()
  const backend = (name: string, prefixes: string[]) => ({
    prefixes,
    handle: (_: unknown, response: { end(text: string): void }) => {
      reached.push(name)
      response.end(name)
    },
  })
  gateway.open([
    {
      ...backend('leaderboard', ['/live', '/api/v1/leaderboards']),
      upgrade: (_, socket) => void socket.end('HTTP/1.1 101 ok\r\n\r\n'),
    },
    backend('answer', ['/api/v1/answers']),
    backend('quiz', ['/api/v1']),
  ])
})
afterAll(async () => {
  await gateway.close()
  rmSync(folder, { recursive: true })
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port: gateway.port, path, method, headers, agent: false },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
        )
      },
    )
    outgoing.once('error', reject)
    outgoing.end()
  })

const raw = (text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(text))
    let reply = ''
    socket.on('data', (chunk) => {
      reply += chunk.toString()
    })
    socket.on('close', () => resolve(reply))
    socket.on('error', reject)
  })

const HTML = { accept: 'text/html,*/*' }

describe('the one port', () => {
  it.each([
    ['/live/ABC', 'leaderboard'],
    ['/api/v1/leaderboards/ABC?limit=1', 'leaderboard'],
    ['/api/v1/answers/ABC', 'answer'],
    ['/api/v1/answersheet', 'quiz'],
    ['/api/v1', 'quiz'],
    ['/api/v1/quizzes', 'quiz'],
    [`http://127.0.0.1/api/v1/quizzes`, 'quiz'],
  ])('[Q9.2] sends %s to the %s-service', async (path, service) => {
    expect((await get(path)).body.toString()).toBe(service)
  })

  it('[Q9.2] answers 503 with Retry-After until it is opened, and 200 on /readyz only when nothing is unready', async () => {
    const fresh = await open()
    const url = `http://127.0.0.1:${fresh.port}`
    const early = await fetch(`${url}/api/v1/quizzes`)
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await early.json()).toMatchObject({ type: 'urn:quizboard:service/unavailable', status: 503 })
    expect((await fetch(`${url}/readyz`)).status).toBe(503)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    fresh.readiness(() => [])
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    await fresh.close()
  })

  it('[Q9.4] answers an upgrade anywhere else with 404, and bytes that are not HTTP with 400', async () => {
    const upgrade = (path: string) =>
      raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    expect(await upgrade('/live/ABC')).toMatch(/^HTTP\/1.1 101/)
    expect(await upgrade('/nowhere')).toMatch(/^HTTP\/1.1 404 .*urn:quizboard:route\/unknown/s)
    expect(await upgrade('/api/v1/answers/ABC')).toMatch(/^HTTP\/1.1 404/)
    expect(await raw('HELLO\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*application\/problem\+json/s)
    expect(await raw(`GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431/)
  })

  it('[Q10.3] closes each connection after its reply while it leaves, so that nobody keeps one to it', async () => {
    const fresh = await open()
    fresh.open([{ prefixes: ['/api/v1'], handle: (_, response) => void response.end('done') }])
    const url = `http://127.0.0.1:${fresh.port}/api/v1/quizzes`
    expect((await fetch(url)).headers.get('connection')).toBe('keep-alive')
    fresh.leave()
    const last = await fetch(url)
    expect([await last.text(), last.headers.get('connection')]).toEqual(['done', 'close'])
    await fresh.close()
  })

  it('[Q10.3] stops taking requests, and waits for replies under way', async () => {
    const fresh = await open()
    let reply = () => {}
    fresh.open([{ prefixes: ['/api/v1'], handle: (_, response) => (reply = () => void response.end('done')) }])
    const slow = fetch(`http://127.0.0.1:${fresh.port}/api/v1/slow`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    let drained = false
    const draining = fresh.drain(5_000).then(() => {
      drained = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(drained).toBe(false)
    reply()
    expect(await (await slow).text()).toBe('done')
    await draining
    await fresh.close()
  })
})

describe('the web pages', () => {
  it('[Q9.4] come with a strict policy, and as the application for every address that a browser goes to', async () => {
    const page = await get('/play/ABC', { ...HTML, host: '192.168.1.5:8080' })
    expect([page.status, page.body.toString()]).toEqual([200, PAGE])
    expect(page.headers['cache-control']).toBe('no-cache')
    expect(page.headers['content-security-policy']).toContain("script-src 'self';")
    expect(page.headers['content-security-policy']).toContain(
      "connect-src 'self' ws://192.168.1.5:8080 wss://192.168.1.5:8080",
    )
    expect(page.headers['x-powered-by']).toBeUndefined()
    expect((await get('/')).status).toBe(200)
  })

  it('[Q9.4] do not let a Host header into the policy that is not one', async () => {
    const page = await get('/', { host: "evil.example; script-src 'unsafe-inline'" })
    expect(page.headers['content-security-policy']).not.toContain('unsafe-inline')
  })

  it('[Q11] know by which origin other devices reach them', async () => {
    const web = await loadWebFiles(folder)
    await web.announceOrigin('http://192.168.1.5:8080/?a="&b', { always: false })
    expect(web.index?.variants.identity.toString()).toBe(
      PAGE.replace(
        '</head>',
        '<meta name="quizboard-network-origin" content="http://192.168.1.5:8080/?a=&quot;&amp;b"></head>',
      ),
    )
  })

  it('[Q9.4] have assets that browsers keep for ever, compressed for who takes it', async () => {
    const script = await get('/assets/index-B1x2.js', { 'accept-encoding': 'gzip, br' })
    expect(script.headers['content-encoding']).toBe('br')
    expect(script.headers['cache-control']).toContain('immutable')
    expect(brotliDecompressSync(script.body).toString()).toBe(SCRIPT)
    expect((await get('/assets/index-B1x2.js', { 'accept-encoding': 'br;q=0' })).body.toString()).toBe(SCRIPT)
    const again = await get('/assets/index-B1x2.js', {
      'accept-encoding': 'br',
      'if-none-match': String(script.headers.etag),
    })
    expect([again.status, again.body.length]).toEqual([304, 0])
  })

  it.each(['/.built-from', '/../package.json', '/assets/..%2f..%2fpackage.json', '/nothing.js'])(
    '[Q9.4] are all there is: %s is 404',
    async (path) => {
      const reply = await get(path, HTML)
      expect([reply.status, JSON.parse(reply.body.toString()).code]).toEqual([404, 'route/unknown'])
    },
  )

  it('[Q9.2] are only read: 405 with Allow', async () => {
    const reply = await get('/', {}, 'POST')
    expect([reply.status, reply.headers.allow]).toEqual([405, 'GET, HEAD'])
    expect((await get('/', {}, 'HEAD')).body.length).toBe(0)
  })
})
