/** Each service as a process of its own, as far as it goes without the real servers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createSigner, generateKey } from '@quizboard/shared/auth/tokens.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { afterEach, describe, expect, it } from 'vitest'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const run = (name: string, env: Record<string, string>, args: readonly string[] = []) => {
  const script = fileURLToPath(new URL(`../../apps/${name}/src/main.ts`, import.meta.url))
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(QUIZBOARD|VITEST|KAFKA|MONGODB|POSTGRES)/.test(key),
  )
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  closing.push(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, output: () => output, ended }
}

const SERVICES = ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway'] as const
const NEEDED = {
  'quiz-service': [
    'KAFKA_BROKERS',
    'POSTGRES_URL',
    'QUIZBOARD_SIGNING_KEY_FILE',
    'QUIZBOARD_ANSWER_SERVICE_INTERNAL_URL',
  ],
  'answer-service': ['KAFKA_BROKERS', 'MONGODB_URL', 'QUIZBOARD_PUBLIC_KEYS_FILE', 'QUIZBOARD_HOST_TOKEN'],
  'leaderboard-service': ['KAFKA_BROKERS', 'MONGODB_URL', 'QUIZBOARD_PUBLIC_KEYS_FILE', 'QUIZBOARD_INTERNAL_SECRET'],
  gateway: ['QUIZBOARD_QUIZ_SERVICE_URL', 'QUIZBOARD_ANSWER_SERVICE_URL', 'QUIZBOARD_LEADERBOARD_SERVICE_URL'],
}

describe.each(SERVICES)('%s', (name) => {
  it('[Q10.4] names all that it needs and all that is wrong, at once, and a name that means nothing', async () => {
    const { ended, output } = run(name, {
      QUIZBOARD_PORT: 'http',
      QUIZBOARD_PROT: '8080',
      QUIZBOARD_LOG_LEVEL: 'loud',
      QUIZBOARD_INTERNAL_SECRET_FILE: '/nowhere',
    })
    expect(await ended).toBe(1)
    // A secret whose file cannot be read is told first: what else is missing may be in it.
    expect(output()).toContain('QUIZBOARD_INTERNAL_SECRET_FILE=/nowhere cannot be read')
    const second = run(name, { QUIZBOARD_PORT: 'http', QUIZBOARD_PROT: '8080', QUIZBOARD_LOG_LEVEL: 'loud' })
    expect(await second.ended).toBe(1)
    for (const part of ['QUIZBOARD_PORT="http"', 'QUIZBOARD_LOG_LEVEL="loud"', ...NEEDED[name]])
      expect(second.output()).toContain(part)
    expect(second.output()).toContain(`QUIZBOARD_PROT is not a setting of the ${name}`)
    expect(second.output()).not.toMatch(/^\s+at /m)
  })

  it('[Q10.4] lists its settings with --help', async () => {
    const { ended, output } = run(name, {}, ['--help'])
    expect(await ended).toBe(0)
    for (const part of ['QUIZBOARD_PORT', 'QUIZBOARD_METRICS_PORT', ...NEEDED[name]]) expect(output()).toContain(part)
  })
})

/** What answers like a service that is ready. */
const startService = async () => {
  const server = createServer((request, response) => response.end(request.url === '/readyz' ? '' : 'from the service'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const startGateway = async (url: string, env: Record<string, string> = {}) => {
  const gateway = run('gateway', {
    ...{ QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_HOST: '127.0.0.1', QUIZBOARD_LOG_FORMAT: 'json' },
    ...{ QUIZBOARD_QUIZ_SERVICE_URL: url, QUIZBOARD_ANSWER_SERVICE_URL: url, QUIZBOARD_LEADERBOARD_SERVICE_URL: url },
    ...env,
  })
  await expect.poll(gateway.output).toMatch(/"msg":"ready"/)
  const port = (key: string) => /\d+/.exec(new RegExp(`"${key}":\\d+`).exec(gateway.output())?.[0] ?? '')?.[0]
  return { ...gateway, url: `http://127.0.0.1:${port('port')}`, metrics: `http://127.0.0.1:${port('metrics_port')}` }
}

describe('the gateway', () => {
  it('[Q10.3] serves pages and services by one port, tells when they are ready, and ends in order on SIGTERM', async () => {
    const service = await startService()
    const gateway = await startGateway(service, { QUIZBOARD_LEAVE_DELAY_MS: '500' })
    await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status).toBe(200)
    expect(await (await fetch(`${gateway.url}/api/v1/decks`)).text()).toBe('from the service')
    expect(await (await fetch(`${gateway.url}/`)).text()).toContain('<!doctype html>')
    expect((await fetch(`${gateway.metrics}/livez`)).status).toBe(200)
    gateway.child.kill('SIGTERM')
    await sleep(200)
    // It still serves until the load balancers have noticed.
    expect((await fetch(`${gateway.metrics}/readyz`)).status).toBe(503)
    expect(await (await fetch(`${gateway.url}/api/v1/decks`)).text()).toBe('from the service')
    expect(await gateway.ended).toBe(0)
  })

  it('[Q9.3] is alive and says who is missing while no service is there', async () => {
    const gateway = await startGateway('http://127.0.0.1:1')
    expect((await fetch(`${gateway.metrics}/readyz`)).status).toBe(200)
    const ready = await fetch(`${gateway.url}/readyz`)
    expect([ready.status, await ready.text()]).toEqual([
      503,
      expect.stringContaining('the answer-service is not ready'),
    ])
    const reply = await fetch(`${gateway.url}/api/v1/answers/QUIZ`)
    expect([reply.status, await reply.json()]).toEqual([
      503,
      expect.objectContaining({ detail: 'The answer-service is not to be reached at this moment' }),
    ])
  })

  it('[Q10.1] names the taken port', async () => {
    const service = await startService()
    const gateway = await startGateway(service)
    const second = run('gateway', {
      ...{ QUIZBOARD_PORT: new URL(gateway.url).port, QUIZBOARD_HOST: '127.0.0.1', QUIZBOARD_METRICS_PORT: '0' },
      ...{ QUIZBOARD_QUIZ_SERVICE_URL: service, QUIZBOARD_ANSWER_SERVICE_URL: service },
      QUIZBOARD_LEADERBOARD_SERVICE_URL: service,
    })
    expect(await second.ended).toBe(1)
    expect(second.output()).toContain(`Port ${new URL(gateway.url).port} is taken`)
  })
})

it('[Q10.3] a service whose servers are not there says so, waits for them, and ends in order on SIGTERM', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-keys-'))
  closing.push(() => rmSync(folder, { recursive: true }))
  const keys = join(folder, 'keys.json')
  writeFileSync(keys, JSON.stringify(createSigner({ privateJwk: await generateKey(), clock }).publicJwks))
  const service = run('answer-service', {
    ...{ KAFKA_BROKERS: '127.0.0.1:1', MONGODB_URL: 'mongodb://127.0.0.1:1/?replicaSet=rs0' },
    ...{ QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_INTERNAL_PORT: '0' },
    ...{ QUIZBOARD_HOST_TOKEN: 'token', QUIZBOARD_INTERNAL_SECRET: 'a secret of sixteen' },
    QUIZBOARD_PUBLIC_KEYS_FILE: keys,
  })
  await expect.poll(service.output).toMatch(/waiting for a server that is not to be reached/)
  expect(service.output()).toContain('Kafka')
  service.child.kill('SIGTERM')
  expect(await service.ended).toBe(0)
})
