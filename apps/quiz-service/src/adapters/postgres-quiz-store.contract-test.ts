import type { Question } from '@quizboard/shared/contracts/rest.ts'
import { systemClock } from '@quizboard/shared/kit/system.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { draft } from '../domain/quiz.ts'
import { quizStoreContract } from '../ports/quiz-store.contract.ts'
import { StoreUnavailable } from '../ports/quiz-store.ts'
import { connectionsHeld, createSchema, openPostgresStore, startTestPostgres } from '../testing/postgres.ts'
import { migrate } from './postgres-migrations.ts'
import { createPool } from './postgres-pool.ts'
import { createPostgresQuizStore } from './postgres-quiz-store.ts'

const aQuiz = () => {
  const questions: Question[] = [
    { question_id: 'q', type: 'typed', prompt: 'p', answer: 'a', points: 1, time_limit_ms: null },
  ]
  const rules = { mode: 'live', scoring: 'accuracy', feedback: 'instant', reanswer: 'allowed' } as const
  return [draft({ quizId: 'QUIZ', deckId: 'd', title: 't', ...rules, questions, now: 0 }), questions, []] as const
}

let postgres: Awaited<ReturnType<typeof startTestPostgres>>
beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres.stop())

quizStoreContract('PostgreSQL, embedded', () => openPostgresStore(postgres.url))

it('[Q1.4] migrates once, also when replicas start together, and tells a database that is newer', async () => {
  const { schema, drop } = await createSchema(postgres.url)
  const pools = Array.from({ length: 4 }, () => createPool({ url: postgres.url, schema, max: 2 }))
  const [pool] = pools
  if (!pool) throw new Error('no pool')
  await Promise.all(pools.map((one) => migrate(one)))
  const { rows } = await pool.query('select version from schema_migrations order by version')
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, i) => i + 1))
  await pool.query("insert into schema_migrations (version, name) values (1000, 'of tomorrow')")
  await expect(migrate(pool)).rejects.toThrow(/schema version 1000.*older than the data/)
  for (const one of pools) await one.end()
  await drop()
})

it('[Q9.3] says that it is not available, and leaks no connection, when PostgreSQL is away or busy', async () => {
  const away = createPool({ url: 'postgres://nobody:x@127.0.0.1:1/none' })
  await expect(createPostgresQuizStore(away).quiz('X')).rejects.toThrow(StoreUnavailable)
  await expect(createPostgresQuizStore(away).withQuiz('X', async () => 1)).rejects.toThrow(StoreUnavailable)
  expect(connectionsHeld(away)).toBe(0)
  await away.end()

  const { schema, drop } = await createSchema(postgres.url)
  const pool = createPool({ url: postgres.url, schema, max: 2 })
  await migrate(pool)
  const store = createPostgresQuizStore(pool)
  await store.addQuiz(...aQuiz())
  const terminated = expect(
    store.withQuiz('QUIZ', async (work) => {
      // While nobody waits for the connection, and in the middle of a statement.
      await pool.query("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'")
      await systemClock.sleep(50)
      await work.taken(['x'])
    }),
  ).rejects.toThrow(StoreUnavailable)
  await terminated
  const victim = store.withQuiz('QUIZ', async (work) => {
    const reading = work.taken(Array.from({ length: 300_000 }, String))
    const killing = pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%any($2)%' and pid <> pg_backend_pid()",
    )
    await Promise.all([reading, killing])
    await systemClock.sleep(50)
    await work.taken(['x'])
  })
  await expect(victim).rejects.toThrow(StoreUnavailable)
  expect(connectionsHeld(pool)).toBe(0)
  expect(await store.withQuiz('QUIZ', async (work) => work.quiz.state)).toBe('draft')
  await pool.end()
  await drop()
})
