import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll, expect, it } from 'vitest'
import { newPlayer } from '../../domain/player.ts'
import { answerStoreContract } from '../../ports/answer-store.contract.ts'
import type { PlayerChange } from '../../ports/answer-store.ts'
import { openMongoAnswerStore } from './mongo-answer-store.ts'

const url = process.env.MONGODB_URL
if (!url) throw new Error('MONGODB_URL must name a MongoDB replica set')
const databases: string[] = []
afterAll(async () => {
  const client = await new MongoClient(url).connect()
  for (const database of databases) await client.db(database).dropDatabase()
  await client.close()
})

const newDatabase = () => {
  const database = `test_${randomUUID()}`
  databases.push(database)
  return database
}
answerStoreContract('MongoDB', () => openMongoAnswerStore({ url, database: newDatabase() }))

const anna = { quiz_id: 'QUIZ', user_id: 'anna' }
const change = (from: number): PlayerChange => {
  const record = { ...newPlayer('QUIZ', 'anna'), version: from + 1, seq: from + 1, revision: from + 1 }
  const event = { ...anna, score: 1, total: 1, seq: record.seq, revision: record.revision }
  return {
    ...{ record, expected_version: from, answers: [], at: 1 },
    results: [{ answer_id: `a${from}`, result: { question_id: 'q', seq: record.seq } }],
    events: [{ ...event, answered_at: '2026-03-01T12:00:00.000Z' }],
  }
}
const openTwo = async () => {
  const database = newDatabase()
  return [await openMongoAnswerStore({ url, database }), await openMongoAnswerStore({ url, database })] as const
}

it('[Q1.2] what one replica knows of a player does not outlive a commit of another one', async () => {
  const [one, two] = await openTwo()
  const key = { ...anna, question_ids: [], answer_ids: ['a0', 'a1'] }
  const version = async (store: typeof one, mayBeOld: boolean) =>
    (await store.load([key], { mayBeOld }))[0]?.record.version
  expect(await one.commit([change(0)])).toEqual(['ok'])
  expect(await two.commit([change(1)])).toEqual(['ok'])
  expect(await version(one, true)).toBe(1)
  expect(await version(one, false)).toBe(2)
  expect(await one.commit([change(1)])).toEqual(['conflict'])
  expect(await version(one, true)).toBe(2)
  const [state] = await one.load([key], { mayBeOld: true })
  expect([...(state?.results.keys() ?? [])]).toEqual(['a0', 'a1'])
  expect(await one.commit([change(2)])).toEqual(['ok'])
  expect(await version(two, true)).toBe(3)
  await one.close()
  await two.close()
})

it('[Q3.4] a replica sends and deletes rows that another one has committed', async () => {
  const [one, two] = await openTwo()
  const revisions = async () => (await one.outbox(10)).map(({ event }) => event.revision)
  await one.commit([change(0), change(1), change(2)])
  const [first, ...rest] = (await two.outbox(10)).map(({ event }) => event)
  await two.deleteOutbox(first ? [first] : [])
  expect(await revisions()).toEqual([2, 3])
  expect((await one.stats()).outbox).toBe(2)
  await two.deleteOutbox(rest)
  expect(await revisions()).toEqual([])
  await one.close()
  await two.close()
})
