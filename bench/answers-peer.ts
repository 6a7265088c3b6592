/**
 * The naive peer of the answer path, as one would write it first, and what it stands on: express, its JSON parser, our token check
 * (with its memory of tokens), one findOneAndUpdate with majority and one Kafka send with acks=all an answer. It keeps no totals, no
 * results of answer_ids and no outbox: a crash between the two loses an event, a repeat scores again. ARM=floor leaves both out.
 */
import { readPublicKeys } from '@quizboard/shared/auth/key-files.ts'
import { createVerifier } from '@quizboard/shared/auth/tokens.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { readKafkaSettings, readMongodbSettings } from '@quizboard/shared/process/server-settings.ts'
import express from 'express'
import { Kafka, logLevel } from 'kafkajs'
import { MongoClient } from 'mongodb'
import { questionsOf } from './bench-quizzes.ts'

const { QUESTIONS, ARM, QUIZBOARD_PORT, PEER_TOPIC = '' } = process.env
const verifier = createVerifier({ jwks: readPublicKeys(process.env), clock })
const questions = new Map(questionsOf(Number(QUESTIONS)).map((question) => [question.question_id, question]))

interface Answer {
  quiz_id: string
  user_id: string
  question_id: string
  answer: string
  is_correct: boolean
  score: number
  update_ts: string
}

const openStore = async () => {
  const { url, database } = readMongodbSettings(process.env)
  const mongo = await new MongoClient(url, { writeConcern: { w: 'majority', j: true } }).connect()
  const answers = mongo.db(database).collection<Answer>('naive_answers')
  await answers.createIndex({ quiz_id: 1, user_id: 1, question_id: 1 }, { unique: true })
  const { brokers, clientId } = readKafkaSettings(process.env, 'naive')
  const producer = new Kafka({ brokers: [...brokers], clientId, logLevel: logLevel.NOTHING }).producer()
  await producer.connect()
  return { answers, producer }
}
const store = ARM === 'naive' ? await openStore() : undefined

const keep = async (
  { answers, producer }: NonNullable<typeof store>,
  { quiz_id, user_id, question_id, ...rest }: Answer,
) => {
  const before = await answers.findOneAndUpdate({ quiz_id, user_id, question_id }, { $set: rest }, { upsert: true })
  const score = rest.score - (before?.score ?? 0)
  const value = JSON.stringify({ quiz_id, user_id, score })
  await producer.send({ topic: PEER_TOPIC, acks: -1, messages: [{ key: quiz_id, value }] })
}

const app = express()
app.disable('x-powered-by').disable('etag')
app.use(express.json())
app.get('/readyz', (_, res) => void res.end())
app.post('/api/v1/answers/:quiz_id', async (req, res) => {
  const { authorization = '' } = req.headers
  const verified = await verifier.verify(authorization.slice('Bearer '.length))
  if (!verified.ok) return void res.status(401).json({ detail: verified.detail })
  const { caller } = verified
  const { quiz_id } = req.params
  if (caller.role !== 'player' || caller.quiz_id !== quiz_id) return void res.status(403).json({ detail: 'not yours' })
  const { question_id, answer } = req.body as Record<string, unknown>
  const question = typeof question_id === 'string' ? questions.get(question_id) : undefined
  if (!question || typeof answer !== 'string') return void res.status(422).json({ detail: 'no such question' })
  const is_correct = answer === question.answer
  const score = is_correct ? question.points : 0
  const { user_id } = caller
  if (store) {
    const update_ts = new Date().toISOString()
    await keep(store, { quiz_id, user_id, question_id: question.question_id, answer, is_correct, score, update_ts })
  }
  res.json({ question_id, is_correct, score })
})
app.listen(Number(QUIZBOARD_PORT), '127.0.0.1')
