import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { isAlive, launch, type Product, postgresPids, startProduct } from '../support/product.ts'
import { call } from './foreign/api.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean()
})

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'quizboard-process-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}
const start = async (env: Record<string, string> = {}) => {
  const product = await startProduct({ env })
  cleanups.push(() => product.stop())
  return product
}
const listenOn = (port: number) =>
  new Promise<Server>((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, () => resolve(server))
    cleanups.push(() => new Promise((closed) => server.close(closed)))
  })
const portOf = (product: Product) => new URL(product.url).port
const goneWithin = async (pids: readonly number[], ms: number) => {
  for (let waited = 0; waited < ms && pids.some(isAlive); waited += 50) await sleep(50)
  return pids.filter(isAlive)
}
const host = (product: Product, method: string, path: string, body?: unknown) =>
  call(product, method, `/api/v1${path}`, { token: product.hostToken, ...(body !== undefined && { body }) })

describe('a start that cannot be', () => {
  it('[Q10.1] names the taken port and its setting, and leaves nothing behind', async () => {
    const server = await listenOn(0)
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const dataDir = join(folder(), 'data')
    const attempt = launch({ QUIZBOARD_PORT: String(port), QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: dataDir })
    expect((await attempt.exited).code).toBe(1)
    expect(attempt.output()).toContain(`Port ${port} is taken`)
    expect(attempt.output()).toContain('QUIZBOARD_PORT')
    expect(attempt.output()).not.toMatch(/^\s+at /m)
    expect(existsSync(dataDir)).toBe(false)
  })

  it('[Q10.1] names the Quizboard that has the folder, which goes on undisturbed', async () => {
    const product = await start()
    const attempt = launch({
      QUIZBOARD_PORT: '0',
      QUIZBOARD_METRICS_PORT: '0',
      QUIZBOARD_DATA_DIR: product.dataDir,
    })
    expect((await attempt.exited).code).toBe(1)
    expect(attempt.output()).toContain(product.dataDir)
    expect(attempt.output()).toContain(`process ${product.pid}`)
    expect(attempt.output()).toContain('QUIZBOARD_DATA_DIR')
    expect((await host(product, 'GET', '/decks')).status).toBe(200)
  })

  it('[Q10.4] lists every problem of the configuration', async () => {
    const attempt = launch({
      QUIZBOARD_PORT: 'http',
      QUIZBOARD_LOG_LEVEL: 'loud',
      QUIZBOARD_JOINS_BURST: '-1',
      QUIZBOARD_DATA_DIR: join(folder(), 'data'),
    })
    expect((await attempt.exited).code).toBe(1)
    for (const part of [
      '3 problems',
      'QUIZBOARD_PORT="http"',
      'QUIZBOARD_LOG_LEVEL="loud"',
      'QUIZBOARD_JOINS_BURST="-1"',
    ])
      expect(attempt.output()).toContain(part)
    expect(attempt.output()).not.toMatch(/^\s+at /m)
  })

  it('[Q10.4] refuses an argument that it does not know, and helps', async () => {
    const attempt = launch({}, ['--prot', '80'])
    expect((await attempt.exited).code).toBe(1)
    expect(attempt.output()).toContain('"--prot"')
    const help = launch({}, ['--help'])
    expect((await help.exited).code).toBe(0)
    expect(help.output()).toContain('QUIZBOARD_DATA_DIR')
  })

  it('[Q10.4] says when the data folder cannot be one', async () => {
    const path = join(folder(), 'file')
    writeFileSync(path, '')
    const attempt = launch({ QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: path })
    expect((await attempt.exited).code).toBe(1)
    expect(attempt.output()).toContain('QUIZBOARD_DATA_DIR')
  })
})

describe('the end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('[Q10.3] by %s is in order, and takes PostgreSQL along', async (signal) => {
    const product = await start()
    const postgres = postgresPids(product.dataDir)
    expect(postgres.length).toBeGreaterThan(0)
    process.kill(product.pid, signal)
    expect(await goneWithin([product.pid, ...postgres], 15_000)).toEqual([])
    expect(product.output()).not.toMatch(/error|did not close/i)
  })

  it('[Q10.3] comes when the parent is gone', async () => {
    const dataDir = folder()
    const attempt = launch({ QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: dataDir })
    while (!/http:\/\//.test(attempt.output())) await sleep(50)
    attempt.child.disconnect()
    expect((await attempt.exited).code).toBe(0)
    expect(await goneWithin(postgresPids(dataDir), 5_000)).toEqual([])
  })

  it('[Q10.3] tells sockets and pending calls, and refuses new ones', async () => {
    const product = await start()
    const { body: deck } = await host(product, 'POST', '/decks', {
      title: 'Words',
      questions: [{ type: 'typed', prompt: 'The plural of “ox”?', answer: 'oxen' }],
    })
    const { body: quiz } = await host(product, 'POST', '/quizzes', { deck_id: deck.deck_id })
    const socket = new WebSocket(`${product.url.replace('http', 'ws')}/live/${quiz.quiz_id}`)
    const frames: string[] = []
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code)
    })
    await new Promise((resolve) => {
      socket.onopen = () => socket.send('{"type":"hello"}')
      socket.onmessage = ({ data }) => {
        frames.push(String(data))
        if (frames.length === 2) resolve(undefined)
      }
    })
    process.kill(product.pid, 'SIGTERM')
    expect(await closed).toBe(1012)
    expect(JSON.parse(frames.at(-1) ?? '{}')).toMatchObject({ type: 'error', retry_ms: expect.any(Number) })
  })
})

describe('after SIGKILL', () => {
  it('[Q10.2] [Q1.4] it starts on the orphaned PostgreSQL, with decks, quizzes, players and tokens as they were', async () => {
    const product = await start()
    const { body: deck } = await host(product, 'POST', '/decks', {
      title: 'Words',
      questions: [{ type: 'choice', prompt: 'Yes?', options: ['yes', 'no'], answer: 'yes' }],
    })
    const { body: quiz } = await host(product, 'POST', '/quizzes', { deck_id: deck.deck_id })
    await host(product, 'POST', `/quizzes/${quiz.quiz_id}/open`)
    const { body: player } = await call(product, 'POST', `/api/v1/quizzes/${quiz.quiz_id}/players`, {
      body: { name: 'Ada' },
    })
    await host(product, 'POST', `/quizzes/${quiz.quiz_id}/start`)
    const asked = await call(product, 'GET', `/api/v1/quizzes/${quiz.quiz_id}/questions`, { token: player.token })
    const answered = await call(product, 'POST', `/api/v1/answers/${quiz.quiz_id}`, {
      token: player.token,
      body: { question_id: asked.body.questions[0]?.question_id, answer: 'yes', answer_id: 'a1' },
    })
    expect(answered.status).toBe(200)
    const tokenBefore = product.hostToken

    for (let round = 0; round < 2; round++) {
      const orphans = postgresPids(product.dataDir)
      await product.kill9()
      await product.restart()
      expect(orphans.length).toBeGreaterThan(0)
      const now = postgresPids(product.dataDir)
      // Adopted, or stopped and replaced: one server, and no other left.
      expect(now).toHaveLength(1)
      expect(
        await goneWithin(
          orphans.filter((pid) => !now.includes(pid)),
          1_000,
        ),
      ).toEqual([])
    }

    expect(product.hostToken).toBe(tokenBefore)
    expect((await host(product, 'GET', `/decks/${deck.deck_id}`)).body.title).toBe('Words')
    expect((await host(product, 'GET', `/quizzes/${quiz.quiz_id}`)).body).toMatchObject({
      state: 'running',
      players: 1,
    })
    const board = await call(product, 'GET', `/api/v1/leaderboards/${quiz.quiz_id}`, { token: player.token })
    expect(board.body.standings).toMatchObject([{ rank: 1, name: 'Ada', score: 1_000 }])
    const again = await call(product, 'POST', `/api/v1/answers/${quiz.quiz_id}`, {
      token: player.token,
      body: { question_id: 'whatever', answer: 'no', answer_id: 'a1' },
    })
    expect([again.status, again.body]).toEqual([200, answered.body])
  })

  it('[Q10.2] in the middle of a start, the next start recovers', async () => {
    const dataDir = folder()
    for (const ms of [150, 600, 1_500]) {
      const attempt = launch({ QUIZBOARD_PORT: '0', QUIZBOARD_METRICS_PORT: '0', QUIZBOARD_DATA_DIR: dataDir })
      await sleep(ms)
      attempt.child.kill('SIGKILL')
      await attempt.exited
    }
    const product = await start({ QUIZBOARD_DATA_DIR: dataDir })
    expect((await host(product, 'GET', '/decks')).body.decks).toHaveLength(1)
  })
})

describe('a fresh folder', () => {
  it('[Q7.5] keeps its secrets for its owner alone', async () => {
    const product = await start()
    for (const name of ['host-token', 'signing-key.json', 'answers.db', 'boards.db', 'events.db'])
      expect([name, statSync(join(product.dataDir, name)).mode & 0o777]).toEqual([name, 0o600])
    expect(product.hostToken.length).toBeGreaterThanOrEqual(32)
    expect(product.output()).not.toContain(product.hostToken)
    expect(product.output()).not.toContain(readFileSync(join(product.dataDir, 'signing-key.json'), 'utf8').trim())
  })

  it('[Q8.3] has the sample deck once, and not again after the host has deleted it', async () => {
    const product = await start()
    const decks = (await host(product, 'GET', '/decks')).body.decks
    expect(decks).toMatchObject([{ title: 'Wonderful words', question_count: 20 }])
    await product.restart()
    expect((await host(product, 'GET', '/decks')).body.decks).toHaveLength(1)
    expect((await host(product, 'DELETE', `/decks/${decks[0]?.deck_id}`)).status).toBe(204)
    await product.restart()
    expect((await host(product, 'GET', '/decks')).body.decks).toEqual([])
  })

  it('[Q10.1] is left where it is asked for: two Quizboards on one machine', async () => {
    const [one, two] = await Promise.all([start(), start()])
    expect(portOf(one)).not.toBe(portOf(two))
    expect((await host(two, 'GET', '/decks')).status).toBe(200)
    expect((await call(one, 'GET', '/api/v1/decks', { token: two.hostToken })).status).toBe(401)
  })
})
