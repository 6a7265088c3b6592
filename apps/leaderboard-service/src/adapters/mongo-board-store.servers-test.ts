import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll } from 'vitest'
import { boardStoreContract } from '../ports/board-store.contract.ts'
import { openMongoBoardStore } from './mongo-board-store.ts'

const url = process.env.MONGODB_URL
if (!url) throw new Error('MONGODB_URL must name a MongoDB replica set')
const database = `test_${randomUUID()}`
afterAll(async () => {
  const client = await new MongoClient(url).connect()
  await client.db(database).dropDatabase()
  await client.close()
})

boardStoreContract('MongoDB', () => {
  const open = () => openMongoBoardStore({ url, database })
  return { open, reopen: open }
})
