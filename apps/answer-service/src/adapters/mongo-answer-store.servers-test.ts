import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { afterAll } from 'vitest'
import { answerStoreContract } from '../ports/answer-store.contract.ts'
import { openMongoAnswerStore } from './mongo-answer-store.ts'

const url = process.env.MONGODB_URL
if (!url) throw new Error('MONGODB_URL must name a MongoDB replica set')
const databases: string[] = []
afterAll(async () => {
  const client = await new MongoClient(url).connect()
  for (const database of databases) await client.db(database).dropDatabase()
  await client.close()
})

answerStoreContract('MongoDB', () => {
  const database = `test_${randomUUID()}`
  databases.push(database)
  return openMongoAnswerStore({ url, database })
})
