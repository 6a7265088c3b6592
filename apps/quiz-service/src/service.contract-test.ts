/** The quiz-service on the embedded PostgreSQL, through HTTP: many at once, and restarts. */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createQuizService } from './service.ts'
import { createSchema, startTestPostgres } from './testing/postgres.ts'
import { type FixtureOptions, type QuizFixture, startQuizFixture, TYPED } from './testing/quiz-fixture.ts'

let postgres: Awaited<ReturnType<typeof startTestPostgres>>
let admin: pg.Client
const open: (() => Promise<void>)[] = []
beforeAll(async () => {
  postgres = await startTestPostgres()
  admin = new pg.Client({ connectionString: postgres.url })
  await admin.connect()
})
afterEach(async () => {
  for (let close = open.pop(); close; close = open.pop()) await close()
})
afterAll(async () => {
  await admin.end()
  await postgres.stop()
})

/** A service on a schema; the same schema again is a restart. */
const start = async (schema: string, options: FixtureOptions = {}): Promise<QuizFixture> => {
  const f = await startQuizFixture({
    settings: { joins: { ratePerS: 100_000, burst: 100_000 } },
    ...options,
    create: (deps) => createQuizService({ ...deps, databaseUrl: postgres.url, schema, connections: 4 }),
  })
  open.push(() => f.stop())
  return f
}
const freshSchema = async () => {
  const { schema, drop } = await createSchema(postgres.url)
  open.push(drop)
  return schema
}
const count = async (schema: string, table: string) =>
  Number((await admin.query(`select count(*) as n from ${schema}.${table}`)).rows[0]?.n)
const tally = (list: readonly (string | number)[]) =>
  Object.fromEntries([...Map.groupBy(list, (item) => item)].map(([item, all]) => [item, all.length]))

describe('many at once', () => {
  it('[Q8.3] fifty hosts press next for one position: one moves the quiz, the others are told', async () => {
    const f = await start(await freshSchema())
    const { id } = await f.quiz('running', { questions: [TYPED, TYPED, TYPED] })
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => f.host('POST', `/quizzes/${id}/next`, { position: 1 })),
    )
    expect(tally(replies.map(({ status, body }) => body.code ?? status))).toEqual({ 200: 1, 'quiz/moved_on': 49 })
    expect((await f.call('GET', `/quizzes/${id}`)).body.position).toBe(2)
    expect(f.lifecycle(id).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5])
  })

  it('[Q8.3] every command of several hosts at once leaves one history', async () => {
    const f = await start(await freshSchema())
    const { id } = await f.quiz('draft', { questions: [TYPED, TYPED] })
    const steps = ['open', 'start', 'next', 'reveal', 'close', 'open', 'start', 'next', 'reveal', 'close']
    for (let round = 0; round < 4; round++)
      for (const { status } of await Promise.all(steps.map((step) => f.host('POST', `/quizzes/${id}/${step}`))))
        expect([200, 409]).toContain(status)
    const events = f.lifecycle(id)
    expect(events.map(({ revision }) => revision)).toEqual(events.map((_, i) => i + 1))
    expect(events.at(-1)?.state).toBe('closed')
    const keyed = events.filter(({ question }) => question?.answer !== undefined)
    for (const { question } of keyed) expect(f.answers.stopped).toContain(`${id}/${question?.question_id}`)
  })

  it('[Q9.1] [Q1.4] five hundred of one name join in the same second', async () => {
    const schema = await freshSchema()
    const f = await start(schema)
    const { id } = await f.quiz('open')
    const replies = await Promise.all(Array.from({ length: 500 }, (_, i) => f.join(id, 'Anna', `j${i}`)))
    expect(tally(replies.map(({ status }) => status))).toEqual({ 201: 500 })
    const names = replies.map(({ body }) => body.name)
    expect(new Set(names)).toEqual(new Set(['Anna', ...Array.from({ length: 499 }, (_, i) => `Anna ${i + 2}`)]))
    expect(new Set(replies.map(({ body }) => body.user_id)).size).toBe(500)
    expect((await f.call('GET', `/quizzes/${id}`)).body.players).toBe(500)
    expect(await count(schema, 'players')).toBe(500)
    expect(f.log.filter(({ key }) => key?.startsWith(`${id}/`))).toHaveLength(500)
    const again = await Promise.all(Array.from({ length: 500 }, (_, i) => f.join(id, 'Bea', `j${i}`)))
    expect(again.map(({ body }) => body)).toEqual(replies.map(({ body }) => body))
    expect(await count(schema, 'outbox')).toBe(0)
  })

  it('[Q8.2] [Q9] two replicas of the service give no name and no join_id twice, and keep the limit', async () => {
    const schema = await freshSchema()
    const settings = { joins: { ratePerS: 100_000, burst: 100_000 }, playersMax: 120 }
    const [one, two] = [await start(schema, { settings }), await start(schema, { settings })]
    const { id } = await one.quiz('open')
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, i) => (i % 2 ? one : two).join(id, 'Anna', `j${i >> 1}`)),
    )
    const joined = replies.filter(({ status }) => status === 201)
    expect(new Set(joined.map(({ body }) => body.name)).size).toBe(100)
    expect(joined).toHaveLength(200)
    const more = await Promise.all(Array.from({ length: 60 }, (_, i) => (i % 2 ? one : two).join(id, 'Bea')))
    expect(tally(more.map(({ status, body }) => body.code ?? status))).toEqual({ 201: 20, 'quiz/full': 40 })
    expect(await count(schema, 'players')).toBe(120)
  })
})

describe('a restart', () => {
  it('[Q1.4] [Q3.4] sends what was stored and not sent, in order, and has everything', async () => {
    const schema = await freshSchema()
    let away = false
    const before = await start(schema, {
      settings: { logWaitMs: 50 },
      onAppend: () => (away ? Promise.reject(new Error('away')) : Promise.resolve()),
    })
    const { id } = await before.quiz('open')
    const ada = await before.join(id, 'Ada', 'j1')
    away = true
    const bea = await before.join(id, 'Bea')
    expect([bea.status, (await before.host('POST', `/quizzes/${id}/start`)).status]).toEqual([201, 200])
    expect(before.service.unready()).toEqual(['quiz-service: events wait in the outbox'])
    expect(await count(schema, 'outbox')).toBe(2)
    await open.pop()?.()

    const after = await start(schema)
    expect(after.service.unready()).toEqual([])
    expect(after.log.map(({ key }) => key)).toEqual([`${id}/${bea.body.user_id}`, id])
    expect((await after.call('GET', `/quizzes/${id}`)).body).toMatchObject({
      state: 'running',
      position: 1,
      players: 2,
    })
    const again = await after.join(id, 'Ada', 'j1')
    expect(again.body).toMatchObject({ user_id: ada.body.user_id, name: 'Ada' })
    expect(await count(schema, 'outbox')).toBe(0)
  })

  it('[Q7.2] [Q10.2] finishes the close of a question whose time ran out meanwhile', async () => {
    const schema = await freshSchema()
    const before = await start(schema)
    const { id } = await before.quiz('running', { questions: [{ ...TYPED, time_limit_ms: 1_000 }] })
    await open.pop()?.()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const after = await start(schema)
    await expect.poll(() => after.lifecycle(id).at(-1)?.question?.state, { timeout: 5_000 }).toBe('closed')
    expect(after.answers.stopped).toHaveLength(1)
  })

  it('[Q9.3] of PostgreSQL is a 503 for a moment, and then all goes on', async () => {
    const schema = await freshSchema()
    const f = await start(schema)
    const { id } = await f.quiz('open')
    const terminate =
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'quizboard' and pid <> pg_backend_pid()"
    const joins = Array.from({ length: 20 }, (_, i) => f.join(id, `Player ${i}`, `j${i}`))
    await admin.query(terminate)
    for (const { status } of await Promise.all(joins)) expect([201, 503]).toContain(status)
    const again = await Promise.all(joins.map((_, i) => f.join(id, `Player ${i}`, `j${i}`)))
    expect(tally(again.map(({ status }) => status))).toEqual({ 201: 20 })
    expect((await f.call('GET', `/quizzes/${id}`)).body.players).toBe(20)
    await f.host('POST', `/quizzes/${id}/start`)
    expect(f.lifecycle(id).at(-1)?.state).toBe('running')
  })

  it('[Q10.3] leaves no connection behind', async () => {
    const f = await start(await freshSchema())
    await f.quiz('running')
    await open.pop()?.()
    await expect
      .poll(async () => {
        const { rows } = await admin.query(
          "select count(*) as n from pg_stat_activity where application_name = 'quizboard'",
        )
        return Number(rows[0]?.n)
      })
      .toBe(0)
  })
})
