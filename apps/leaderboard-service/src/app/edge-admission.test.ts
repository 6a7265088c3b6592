import { describe, expect, it } from 'vitest'
import { createFakeEdge, START_MS } from '../testing/fake-edge.ts'

const withQuiz = (settings = {}) => {
  const fake = createFakeEdge(settings)
  fake.feed.add('Quiz1')
  return fake
}

describe('what comes after the hello', () => {
  it('[Q4.3] quiz, leaderboard and you come at once, in one write and in this order', async () => {
    const { feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann', score: 7, name: 'Ann' }, { user_id: 'bob', score: 9, name: 'Bob' })
    const ann = await watch('quiz1', { token: 'QUIZ1/ann' })
    expect(ann.writes).toEqual([['quiz', 'leaderboard', 'you']])
    expect(ann.frames).toEqual([
      {
        type: 'quiz',
        quiz_id: 'Quiz1',
        revision: 2 ** 20 + 2,
        state: 'open',
        mode: 'live',
        question_count: 2,
        players: 2,
        server_time: new Date(START_MS).toISOString(),
      },
      {
        type: 'leaderboard',
        quiz_id: 'Quiz1',
        epoch: 1,
        version: 2,
        players: 2,
        top: [
          { rank: 1, user_id: 'bob', name: 'Bob', score: 9 },
          { rank: 2, user_id: 'ann', name: 'Ann', score: 7 },
        ],
      },
      { type: 'you', quiz_id: 'Quiz1', epoch: 1, version: 2, rank: 2, score: 7 },
    ])
  })

  it('a viewer without a token and the host get no `you`', async () => {
    const { feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann' })
    for (const hello of [{}, { token: 'host' }])
      expect((await watch('Quiz1', hello)).writes).toEqual([['quiz', 'leaderboard']])
  })

  it('top is 10 when the hello does not say, and as it says', async () => {
    const { feed, watch } = withQuiz()
    feed.change('Quiz1', ...Array.from({ length: 12 }, (_, i) => ({ user_id: `u${i}`, score: i })))
    expect((await watch('Quiz1')).of('leaderboard')[0]?.top).toHaveLength(10)
    expect((await watch('Quiz1', { top: 1 })).of('leaderboard')[0]?.top).toHaveLength(1)
    expect((await watch('Quiz1', { top: 100 })).of('leaderboard')[0]?.top).toHaveLength(12)
  })

  it('a player whose join is on its way is waited for, and no longer than that', async () => {
    const { clock, feed, say } = withQuiz()
    const ann = say('Quiz1', { token: 'Quiz1/ann' })
    await clock.advance(400)
    expect(ann.writes).toEqual([])
    feed.change('Quiz1', { user_id: 'ann' })
    await clock.advance(0)
    expect(ann.writes).toEqual([['quiz', 'leaderboard', 'you']])
    expect(clock.pending).toBeLessThanOrEqual(2)
  })

  it('a player who is not on the board after a second sees the quiz, and gets `you` when on it', async () => {
    const { clock, feed, say } = withQuiz()
    const ann = say('Quiz1', { token: 'Quiz1/ann' })
    await clock.advance(1_000)
    expect(ann.writes).toEqual([['quiz', 'leaderboard']])
    feed.change('Quiz1', { user_id: 'ann' })
    await clock.advance(1)
    expect(ann.of('you')).toMatchObject([{ rank: 1, score: 0, version: 2 }])
  })

  it('an unknown quiz is waited for up to a second', async () => {
    const { clock, feed, say } = withQuiz()
    const [early, late] = [say('New'), say('Never')]
    await clock.advance(900)
    feed.add('New')
    await clock.advance(99)
    expect(early.writes).toEqual([['quiz', 'leaderboard']])
    expect(late.refusal).toBeUndefined()
    await clock.advance(1)
    expect(late.refusal).toMatchObject({ code: 'quiz/unknown' })
  })

  it('[Q9.7] a quiz whose owner is unknown for the moment is waited for; it is never called unknown', async () => {
    const { clock, feed, say } = withQuiz()
    feed.hasOwner = false
    const early = say('Quiz1')
    await clock.advance(10_000)
    const late = say('Quiz1')
    await clock.advance(49_999)
    expect(early).toMatchObject({ writes: [], refusal: undefined })
    await clock.advance(1)
    expect(early.refusal).toMatchObject({ code: 'service/unavailable', retryMs: 1_000 })
    feed.hasOwner = true
    await clock.advance(0)
    expect(late.writes).toEqual([['quiz', 'leaderboard']])
  })

  it('[Q5.3] [Q9.7] who has seen the quiz elsewhere waits while nobody can tell whether it is newer there', async () => {
    const { clock, feed, say } = withQuiz()
    feed.hasLog = false
    const [back, fresh] = [say('Quiz1', { epoch: 1, version: 1 }), say('Quiz1')]
    await clock.advance(30_000)
    expect(fresh.writes).toEqual([['quiz', 'leaderboard']])
    expect(back).toMatchObject({ writes: [], refusal: undefined })
    feed.hasLog = true
    await clock.advance(200)
    expect(back.writes).toEqual([['quiz', 'leaderboard']])
  })

  it('[Q9.6] [Q9.7] while nobody can tell whether there is a quiz, it is waited for; it is never called unknown', async () => {
    const { clock, feed, say } = withQuiz()
    feed.hasLog = false
    const [early, never] = [say('New'), say('Never')]
    await clock.advance(40_000)
    expect([early, never]).toMatchObject(Array(2).fill({ writes: [], refusal: undefined }))
    feed.add('New')
    await clock.advance(0)
    expect(early.writes).toEqual([['quiz', 'leaderboard']])
    await clock.advance(25_000)
    expect(never.refusal).toMatchObject({ code: 'service/unavailable', retryMs: 1_000 })
    const later = say('Never')
    await clock.advance(5_000)
    feed.hasLog = true
    await clock.advance(3_000)
    expect(later.refusal).toMatchObject({ code: 'quiz/unknown' })
  })

  it('[Q9.6] a quiz is not unknown to its own player', async () => {
    const { clock, feed, say } = withQuiz()
    const [own, other] = [say('new', { token: 'New/ann' }), say('New', { token: 'Quiz1/ann' })]
    await clock.advance(5_000)
    expect(other.refusal).toMatchObject({ code: 'quiz/unknown' })
    expect(own).toMatchObject({ writes: [], refusal: undefined })
    feed.add('New')
    feed.change('New', { user_id: 'ann' })
    await clock.advance(200)
    expect(own.writes).toEqual([['quiz', 'leaderboard', 'you']])
  })

  it('[Q9.7] who goes while waiting is not kept', async () => {
    const { clock, feed, say, edge } = withQuiz()
    feed.hasOwner = false
    feed.hasLog = false
    const [known, unknown] = [say('Quiz1'), say('New')]
    await clock.advance(5_000)
    known.gone = true
    unknown.gone = true
    await clock.advance(2_500)
    edge.stop()
    expect(clock.pending).toBe(0)
    expect([known, unknown]).toMatchObject(Array(2).fill({ writes: [], entry: undefined, refusal: undefined }))
  })

  it('a viewer who has gone meanwhile is not let in', async () => {
    const { clock, feed, say, edge } = withQuiz()
    const viewer = say('Quiz1', { token: 'Quiz1/ann' })
    await clock.advance(10)
    viewer.gone = true
    feed.change('Quiz1', { user_id: 'ann' })
    await clock.advance(10)
    expect(viewer).toMatchObject({ writes: [], entry: undefined, refusal: undefined })
    expect(edge.quizzes).toBe(1)
  })
})
