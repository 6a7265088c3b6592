import { afterEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../testing/harness.ts'
import { T0 } from '../testing/samples.ts'

let harness: Harness
const start = async () => {
  harness = await createHarness()
  return harness
}
afterEach(async () => {
  await harness.app.stop()
  await harness.eventLog.close()
})
const REVEAL = { feedback: 'reveal' } as const

describe('reading answers', () => {
  it('[Q7.1] shows keys of closed questions alone, to the player and the host', async () => {
    const { quiz, app } = await start()
    const q = await quiz()
    await q.answer('anna', 1, true)
    await q.say({ state: 'running', position: 2 })
    await q.answer('anna', 2, false)
    const own = await app.read.ofPlayer(q.id, 'anna')
    expect(own.map(({ question_id, key, is_correct }) => [question_id, key, is_correct])).toEqual([
      ['q1', 'right1', true],
      ['q2', undefined, false],
    ])
    expect((await app.read.forHost(q.id, { limit: 9 })).answers).toEqual(own)
    await q.say({ state: 'closed', position: 2, question: 'closed', closed_at: T0 })
    expect((await app.read.ofPlayer(q.id, 'anna')).map(({ key }) => key)).toEqual(['right1', 'word2'])
  })

  it('[Q7.4] under reveal tells a player how it went only after the close; the host at once', async () => {
    const { quiz, app } = await start()
    const q = await quiz('QUIZ', { ...REVEAL, scoring: 'streak' })
    await q.answer('anna', 1, true)
    const [before] = await app.read.ofPlayer(q.id, 'anna')
    expect(Object.keys(before ?? {})).toEqual(['user_id', 'quiz_id', 'question_id', 'answer', 'update_ts', 'seq'])
    const [host] = (await app.read.forHost(q.id, { limit: 9 })).answers
    expect(host).toMatchObject({ is_correct: true, score: 1_000, elapsed_ms: 0, streak: 0 })
    expect(host).not.toHaveProperty('key')
    expect(host).not.toHaveProperty('held')
    await q.closeQuestion(1)
    const [after] = await app.read.ofPlayer(q.id, 'anna')
    expect(after).toEqual({ ...host, key: 'right1' })
  })

  it('[Q8.3] waits for a close that is under way, so that what the host was told is to be seen', async () => {
    const { quiz, app, clock } = await start()
    const q = await quiz('QUIZ', REVEAL)
    await q.answer('anna', 1, true)
    await app.stopAccepting(q.id, ['q1'])
    let read: unknown
    const reading = app.read.ofPlayer(q.id, 'anna').then((docs) => {
      read = docs
    })
    await clock.advance(500)
    expect(read).toBeUndefined()
    await q.say({ state: 'running', position: 1, question: 'closed' })
    await reading
    expect(read).toMatchObject([{ key: 'right1', score: 1_000 }])
    // A stop that comes again after the close holds nothing up.
    await app.stopAccepting(q.id, ['q1'])
    expect(await app.read.ofPlayer(q.id, 'anna')).toMatchObject([{ key: 'right1' }])
  })

  it('but not for ever', async () => {
    const { quiz, app, clock } = await start()
    const q = await quiz()
    await q.answer('anna', 1, true)
    await q.say({ state: 'running', position: 1, question: 'closing' })
    const reading = app.read.forHost(q.id, { limit: 9 })
    await clock.advance(1_000)
    expect((await reading).answers).toHaveLength(1)
  })

  it('pages the host through all documents', async () => {
    const { quiz, app } = await start()
    const q = await quiz()
    for (const user of ['cleo', 'anna', 'ben']) await q.answer(user, 1, true)
    const first = await app.read.forHost(q.id, { limit: 2 })
    expect(first.answers.map(({ user_id }) => user_id)).toEqual(['anna', 'ben'])
    expect(first.next).toEqual({ user_id: 'ben', question_id: 'q1' })
    const second = await app.read.forHost(q.id, { limit: 2, ...(first.next ? { after: first.next } : {}) })
    expect(second).toMatchObject({ answers: [{ user_id: 'cleo' }], next: undefined })
    expect((await app.read.forHost(q.id, { limit: 3 })).next).toBeUndefined()
    expect((await app.read.forHost(q.id, { limit: 3, user_id: 'ben', question_id: 'q1' })).answers).toHaveLength(1)
    expect((await app.read.forHost(q.id, { limit: 3, question_id: 'q2' })).answers).toEqual([])
  })

  it('tells the quiz-service which questions a player has answered', async () => {
    const { quiz, app } = await start()
    const q = await quiz()
    expect(await app.answered(q.id, 'anna')).toEqual([])
    await q.answer('anna', 1, false)
    expect(await app.answered(q.id, 'anna')).toEqual(['q1'])
  })
})
