/** What operators and hosts do to a quiz that runs in several processes on real servers: close, regrade, replay, rebuild. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, insist, type Json, sleep } from '../e2e/foreign/api.ts'
import { startTestFleet, type TestFleet } from '../support/fleet.ts'

let fleet: TestFleet
beforeAll(async () => {
  fleet = await startTestFleet({ replicas: { 'quiz-service': 1, 'answer-service': 3, 'leaderboard-service': 2 } })
})
afterAll(() => fleet?.remove())

const host = async (method: string, path: string, body?: unknown): Promise<Json> => {
  const reply = await insist(() => call(fleet, method, `/api/v1${path}`, { token: fleet.hostToken, body }))
  if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`)
  return reply.body
}
const PLAYERS = 12

/** A running quiz of one typed question, and players who answer it all the time. */
const play = async () => {
  const question = { type: 'typed', prompt: 'The plural of ox?', answer: 'oxen', points: 100 }
  const deck = await host('POST', '/decks', { title: 'Words', questions: [question] })
  const quiz = (await host('POST', '/quizzes', { deck_id: deck.deck_id })).quiz_id as string
  await host('POST', `/quizzes/${quiz}/open`)
  await host('POST', `/quizzes/${quiz}/start`)
  const question_id = deck.questions[0].question_id as string
  const join = (i: number) =>
    insist(() => call(fleet, 'POST', `/api/v1/quizzes/${quiz}/players`, { body: { name: `P${i}` } }))
  const players = await Promise.all(Array.from({ length: PLAYERS }, async (_, i) => (await join(i)).body))
  const acknowledged = new Map<string, { user_id: string; seq: number; sentAt: number }>()
  let playing = true
  const answer = (player: Json, text: string) =>
    call(fleet, 'POST', `/api/v1/answers/${quiz}`, {
      token: player.token,
      body: { question_id, answer: text, answer_id: randomUUID() },
    })
  const loop = async (player: Json, i: number) => {
    for (let n = i; playing; n++) {
      const sentAt = Date.now()
      const reply = await answer(player, n % 2 === 0 ? 'oxes' : 'oxen').catch(() => undefined)
      if (reply?.status === 200)
        acknowledged.set(`${player.user_id} ${reply.body.seq}`, { ...player, ...reply.body, sentAt })
      await sleep(20)
    }
  }
  const loops = Promise.all(players.map(loop))
  return {
    ...{ quiz, question_id, players, acknowledged, answer },
    async stop() {
      playing = false
      await loops
    },
    documents: async () => (await host('GET', `/answers/${quiz}?limit=1000`)).answers as Json[],
    /** Once every point of the documents is on the board. */
    async settled() {
      const expected = new Map((await this.documents()).map(({ user_id, score }) => [user_id, score]))
      const board = async () => {
        const { standings } = await host('GET', `/leaderboards/${quiz}?limit=100`)
        return new Map(
          standings.filter(({ user_id }: Json) => expected.has(user_id)).map((s: Json) => [s.user_id, s.score]),
        )
      }
      await expect.poll(board, { interval: 200 }).toEqual(expected)
    },
  }
}
/** Each player's newest acknowledged answer is there. */
const lost = (documents: readonly Json[], acknowledged: Awaited<ReturnType<typeof play>>['acknowledged']) => {
  const seqs = new Map(documents.map(({ user_id, seq }) => [user_id, seq]))
  return [...acknowledged.values()].filter(({ user_id, seq }) => (seqs.get(user_id) ?? 0) < seq)
}

it('[Q7.3] [Q7.6] a question closes while a replica is stalled, and what that one does afterwards is refused', async () => {
  const game = await play()
  await expect.poll(() => game.acknowledged.size).toBeGreaterThan(PLAYERS)
  const stalled = fleet.replicas('answer-service')[1]
  stalled?.kill('SIGSTOP')
  await host('POST', `/quizzes/${game.quiz}/reveal`)
  const shownAt = Date.now()
  const before = await game.documents()
  stalled?.kill('SIGCONT')
  await sleep(2_000)
  await game.stop()
  expect(await game.documents()).toEqual(before)
  expect([...game.acknowledged.values()].filter(({ sentAt }) => sentAt > shownAt)).toEqual([])
  expect(lost(before, game.acknowledged)).toEqual([])
  await game.settled()
})

it('[Q12.1] [Q12.3] a key is corrected while answers come in and a replica is stalled', async () => {
  const game = await play()
  await expect.poll(() => game.acknowledged.size).toBeGreaterThan(PLAYERS)
  const stalled = fleet.replicas('answer-service')[2]
  stalled?.kill('SIGSTOP')
  const path = `/quizzes/${game.quiz}/questions/${game.question_id}/regrade`
  const regrading = host('POST', path, { accept: ['oxes'] })
  await sleep(1_500)
  stalled?.kill('SIGCONT')
  expect(await regrading).toMatchObject({ answer: 'oxen', accept: ['oxes'] })
  await sleep(1_000)
  await game.stop()
  const regrades = async () => (await host('GET', `/quizzes/${game.quiz}/regrades`)).regrades
  await expect.poll(regrades).toMatchObject([{ done_at: expect.any(String), answers: PLAYERS }])
  const documents = await game.documents()
  expect(documents.map(({ is_correct, score }) => [is_correct, score])).toEqual(
    Array.from({ length: PLAYERS }, () => [true, 100]),
  )
  expect(lost(documents, game.acknowledged)).toEqual([])
  await game.settled()
})

const command = (path: string, ...args: string[]) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    const script = fileURLToPath(new URL(`../../apps/${path}`, import.meta.url))
    execFile(process.execPath, [script, ...args], { env: fleet.env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: `${stdout}${stderr}` }),
    )
  })

it('[Q3.6] a dead letter is mended and replayed, and counts once', async () => {
  const game = await play()
  await game.stop()
  const [player] = game.players
  const kafka = new Kafka({
    clientId: 'seed',
    brokers: (fleet.env.KAFKA_BROKERS ?? '').split(','),
    logLevel: logLevel.NOTHING,
  })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  const value = JSON.stringify({ quiz_id: game.quiz, user_id: player.user_id, score: 'seven' })
  await producer.send({ topic: `${fleet.name}.quiz.scores`, messages: [{ value }] })
  await producer.disconnect()
  const desk = 'leaderboard-service/src/commands/dead-letters.ts'
  const letters = async () => {
    const { out } = await command(desk, 'export')
    return out
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  }
  await expect.poll(letters).toMatchObject([{ value, reason: 'invalid', replayed: false, mended: null }])
  const [letter] = await letters()
  const file = join(tmpdir(), `${fleet.name}.jsonl`)
  const replay = async (mended: unknown) => {
    writeFileSync(file, `${JSON.stringify({ ...letter, mended })}\n`)
    return command(desk, 'replay', file)
  }
  const delta = { quiz_id: game.quiz, user_id: player.user_id, score: 7 }
  expect(await replay({ ...delta, score: 'x' })).toMatchObject({
    code: 1,
    out: expect.stringContaining(`${file}:1: mended: score`),
  })
  const points = async () => (await host('GET', `/leaderboards/${game.quiz}/players/${player.user_id}`)).score
  const own = (await game.documents()).find(({ user_id }) => user_id === player.user_id)?.score
  await expect.poll(points).toBe(own)
  expect(await replay(delta)).toMatchObject({
    code: 0,
    out: expect.stringContaining('Sent: 1. Counted before, and no more now: 0. Left as they are: 0.'),
  })
  await expect.poll(points).toBe(own + 7)
  expect(await replay({ ...delta, score: 9 })).toMatchObject({
    code: 0,
    out: expect.stringContaining('Counted before, and no more now: 1'),
  })
  expect(await letters()).toMatchObject([{ replayed: true }])
  expect(await points()).toBe(own + 7)
  rmSync(file)
})

it('[Q2.1] a board that differs from the answers is found, and mended when that is said', async () => {
  const game = await play()
  await expect.poll(() => game.acknowledged.size).toBeGreaterThan(PLAYERS)
  await game.stop()
  await game.settled()
  const rebuild = (...args: string[]) => command('quizboard/src/rebuild/main.ts', ...args)
  expect(await rebuild(game.quiz.toLowerCase())).toMatchObject({
    code: 0,
    out: expect.stringContaining('0 players differ'),
  })
  const [player] = game.players
  const mongo = await new MongoClient(fleet.env.MONGODB_URL ?? '').connect()
  const user = { quiz_id: game.quiz, user_id: player.user_id }
  await mongo
    .db(fleet.name)
    .collection('answer_state')
    .updateOne(user, { $inc: { total: 1_000 } })
  await mongo.close()
  expect(await rebuild(game.quiz)).toMatchObject({ code: 1, out: expect.stringContaining('1 players differ') })
  expect(await rebuild(game.quiz)).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was changed') })
  expect(await rebuild(game.quiz, '--mend')).toMatchObject({ code: 0, out: expect.stringContaining('Mended: 1.') })
  await game.settled()
  expect(await rebuild('nobody')).toMatchObject({
    code: 1,
    out: expect.stringContaining('There is nobody in a quiz "nobody"'),
  })
})
