/** What goes into the images, as far as it goes without the real servers: each bundle alone, with nothing but Node. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { DEPLOYABLES } from '../../scripts/lib/images/deployables.ts'
import { type Bundles, bundlesOf } from '../support/bundles.ts'

const SERVICES = DEPLOYABLES.map(({ name }) => name)
const LARGE = ['@kubernetes/client-node', 'express', 'helmet', 'kafkajs', 'mongodb', 'pg', 'react', 'ws']
const EXPECTED: Record<string, readonly string[]> = {
  'quiz-service': ['express', 'kafkajs', 'pg'],
  'answer-service': ['express', 'kafkajs', 'mongodb'],
  'leaderboard-service': ['express', 'kafkajs', 'mongodb', 'ws'],
  gateway: ['helmet', 'react'],
  operator: ['@kubernetes/client-node', 'ws'],
}
let bundles: Bundles
beforeAll(async () => {
  bundles = await bundlesOf(SERVICES)
})
afterAll(() => bundles?.remove())

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

const start = (service: string, args: readonly string[], env: Record<string, string> = {}) => {
  const program = bundles.program(service)
  const child = spawn(process.execPath, [program, ...args], {
    cwd: dirname(program),
    env: { NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

/** The first line of the log that has the field tells a port. */
const portOf = async ({ output, ended }: ReturnType<typeof start>, field: string): Promise<number> => {
  let isOver = false
  void ended.then(() => {
    isOver = true
  })
  for (;;) {
    const port = new RegExp(`"${field}":(\\d+)`).exec(output())?.[1]
    if (port) return Number(port)
    if (isOver) throw new Error(`it ended: ${output()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.each(SERVICES)('the bundle of the %s', (service) => {
  it('starts with nothing but Node, and tells its settings', async () => {
    const { ended, output } = start(service, ['--help'])
    expect(await ended, output()).toBe(0)
    expect(output()).toContain('QUIZBOARD_METRICS_PORT')
    expect(output()).not.toMatch(/warn/i)
  })
  it('says what it needs, with its own error and no stack', async () => {
    const { ended, output } = start(service, [], { QUIZBOARD_METRICS_PORT: 'http' })
    expect(await ended, output()).toBe(1)
    expect(output()).toContain('QUIZBOARD_METRICS_PORT="http"')
    expect(output()).not.toMatch(/^\s+at /m)
  })
  it('brings the licence of every package in it, and no hidden file', () => {
    const folder = dirname(bundles.program(service))
    const notices = readFileSync(join(folder, 'THIRD_PARTY_NOTICES.md'), 'utf8')
    const named = LARGE.filter((name) => notices.includes(`\n- ${name} `))
    expect(named).toEqual(EXPECTED[service])
    expect(notices).not.toContain('(unknown)')
    expect(readFileSync(join(folder, 'LICENSE'), 'utf8')).toContain('Apache License')
    expect(existsSync(join(folder, 'NOTICE'))).toBe(true)
    expect(readdirSync(folder, { recursive: true }).filter((name) => /(^|\/)\./.test(String(name)))).toEqual([])
  })
})

describe('commands of an image', () => {
  it('are run in place of the service', async () => {
    for (const [service, command, needs] of [
      ['quiz-service', 'migrate', 'POSTGRES_URL'],
      ['quiz-service', 'topics', 'KAFKA_BROKERS'],
      ['leaderboard-service', 'dead-letters', 'replay letters.jsonl'],
      ['leaderboard-service', 'rebuild', '<quiz_id>'],
      ['operator', 'apply-crd', 'kubeconfig'],
      ['operator', 'smoke', 'QUIZBOARD_URL'],
    ] as const) {
      const { ended, output } = start(service, [command], { KUBECONFIG: '/nowhere' })
      expect(await ended).toBe(1)
      expect(output()).toContain(needs)
      expect(output()).not.toMatch(/^\s+at /m)
    }
  })
  it('are told to whoever names another', async () => {
    const { ended, output } = start('quiz-service', ['migrat'])
    expect(await ended).toBe(2)
    expect(output()).toContain('There is no command "migrat". There are: migrate, topics, secrets, host-link.')
  })
})

it('the gateway’s bundle serves the web pages, and ends with 0 on SIGTERM', async () => {
  const service = createServer((_, response) => response.end('from the service')).listen(0, '127.0.0.1')
  await once(service, 'listening')
  try {
    const address = service.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const gateway = start('gateway', [], {
      QUIZBOARD_PORT: '0',
      QUIZBOARD_METRICS_PORT: '0',
      QUIZBOARD_QUIZ_SERVICE_URL: url,
      QUIZBOARD_ANSWER_SERVICE_URL: url,
      QUIZBOARD_LEADERBOARD_SERVICE_URL: url,
    })
    const port = await portOf(gateway, 'port')
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text()
    const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? []
    expect((await fetch(`http://127.0.0.1:${port}${script}`)).headers.get('content-type')).toMatch(/javascript/)
    const metricsPort = await portOf(gateway, 'metrics_port')
    const health = join(dirname(bundles.program('gateway')), 'health.mjs')
    const check = (metrics: string) =>
      once(spawn(process.execPath, [health], { env: { QUIZBOARD_METRICS_PORT: metrics } }), 'close')
    expect((await check(String(metricsPort)))[0]).toBe(0)
    expect((await check('1'))[0]).toBe(1)
    gateway.child.kill('SIGTERM')
    expect(await gateway.ended, gateway.output()).toBe(0)
  } finally {
    service.closeAllConnections()
    service.close()
  }
})

/** Nobody listens on port 1. */
const KUBECONFIG = `
apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: me, user: {}}]
contexts: [{name: here, context: {cluster: here, user: me}}]
current-context: here
`

it('the operator’s bundle lives without an API server to talk to, and ends with 0 on SIGTERM', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-'))
  const kubeconfig = join(folder, 'config.yaml')
  writeFileSync(kubeconfig, KUBECONFIG)
  const operator = start('operator', [], { QUIZBOARD_METRICS_PORT: '0', KUBECONFIG: kubeconfig })
  const port = await portOf(operator, 'metrics_port')
  expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200)
  operator.child.kill('SIGTERM')
  expect(await operator.ended, operator.output()).toBe(0)
  rmSync(folder, { recursive: true })
})
