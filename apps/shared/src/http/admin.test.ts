import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMetrics } from '../kit/metrics.ts'
import { type AdminServer, createAdminServer } from './admin.ts'

let admin: AdminServer
let reasons: string[] = []
const get = async (path: string, method = 'GET') => {
  const reply = await fetch(`http://127.0.0.1:${admin.port}${path}`, { method })
  return { status: reply.status, headers: reply.headers, text: await reply.text() }
}

beforeAll(async () => {
  const [a, b] = [createMetrics('a'), createMetrics('b')]
  a.counter('quizboard_x_total', 'x').inc()
  b.counter('quizboard_x_total', 'x').inc(2)
  const registry = [a.registry, b.registry]
  admin = await createAdminServer({ registry, unready: () => reasons, port: 0, host: '127.0.0.1' })
})
afterAll(() => admin.close())

it('[Q10] /livez is 200; /readyz too, unless there is a reason, which it tells', async () => {
  expect(await get('/livez')).toMatchObject({ status: 200, text: 'ok\n' })
  expect(await get('/readyz?verbose')).toMatchObject({ status: 200, text: 'ok\n' })
  reasons = ['answers: catching up', 'quizzes: no database']
  const unready = await get('/readyz')
  expect(unready).toMatchObject({ status: 503, text: 'answers: catching up\nquizzes: no database\n' })
  expect(unready.headers.get('retry-after')).toBe('1')
  expect((await get('/livez')).status).toBe(200)
  reasons = []
})
it('[Q10] /metrics has all registries', async () => {
  const { text, headers } = await get('/metrics')
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text).toContain('quizboard_x_total{service="a"} 1\nquizboard_x_total{service="b"} 2\n')
})
it('[Q10] there is nothing else', async () => {
  expect((await get('/')).status).toBe(404)
  expect((await get('/metrics', 'POST')).status).toBe(405)
  const post = await get('/readyz', 'POST')
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(await get('/readyz', 'HEAD')).toMatchObject({ status: 200, text: '' })
})
it('[Q10.1] a port that is taken is told', async () => {
  const again = createAdminServer({
    registry: createMetrics('c').registry,
    unready: () => [],
    port: admin.port,
    host: '127.0.0.1',
  })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
