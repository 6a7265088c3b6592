import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll, expect, it } from 'vitest'
import { boardStoreContract } from '../../ports/board-store.contract.ts'
import { emptyState } from '../../ports/board-store.ts'
import { membershipContract } from '../../ports/membership.contract.ts'
import { type MongoBoards, openMongoBoards } from './mongo-board-store.ts'

const url = process.env.MONGODB_URL
if (!url) throw new Error('MONGODB_URL must name a MongoDB replica set')
const database = `test_${randomUUID()}`
const opened: MongoBoards[] = []
const open = async () => {
  const boards = await openMongoBoards({ url, database })
  opened.push(boards)
  return boards
}
afterAll(async () => {
  for (const { store } of opened) await store.close()
  const client = await new MongoClient(url).connect()
  await client.db(database).dropDatabase()
  await client.close()
})

boardStoreContract('MongoDB', () => {
  const openStore = async () => (await openMongoBoards({ url, database })).store
  return { open: openStore, reopen: openStore }
})
membershipContract('MongoDB', async () => (await open()).membership)

it('[Q6.4] a take-over does not wait for a transaction that the owner before left open', async () => {
  const { store } = await open()
  const partition = Math.floor(Math.random() * 1e9)
  const held = await store.acquire(partition, 'dead', 0)
  expect(held?.fence.epoch).toBe(1)
  // As a process that is killed in the middle of a flush leaves it.
  const client = await new MongoClient(url).connect()
  const session = client.startSession()
  session.startTransaction()
  const partitions = client.db(database).collection<{ _id: number; session: unknown }>('leaderboard_partitions')
  await partitions.updateOne({ _id: partition }, { $set: { session: session.id?.id } })
  await partitions.updateOne({ _id: partition }, { $set: { 'state.offsets': { a: 1 } } }, { session })
  const taken = await Promise.race([
    store.acquire(partition, 'next', 1),
    new Promise((resolve) => setTimeout(() => resolve('still waiting'), 10_000).unref()),
  ])
  expect(taken).toEqual({ fence: { partition, epoch: 2 }, state: emptyState() })
  await expect(session.commitTransaction()).rejects.toThrow()
  await client.close()
})
