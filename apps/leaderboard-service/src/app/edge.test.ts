import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { describe, expect, it } from 'vitest'
import { createFakeEdge } from '../testing/fake-edge.ts'

const withQuiz = (settings = {}) => {
  const fake = createFakeEdge(settings)
  fake.feed.add('Quiz1')
  return fake
}

describe('[Q5.2] (epoch, version) never falls', () => {
  it('what a client has seen elsewhere is waited for, and shown without a reset', async () => {
    const { clock, feed, watch } = createFakeEdge()
    feed.add('Quiz1')
    feed.change('Quiz1', { user_id: 'ann' })
    feed.lease('Quiz1', 2)
    const ann = await watch('Quiz1', { token: 'Quiz1/ann', epoch: 2, version: 2 })
    await clock.advance(3_000)
    feed.restart('Quiz1', 2)
    await clock.advance(300)
    expect(ann.frames).toEqual([])
    feed.change('Quiz1', { user_id: 'ben', score: 3 })
    await clock.advance(0)
    expect(ann.frames.map(({ type, epoch, version, reset }) => [type, epoch, version, reset]).slice(1)).toEqual([
      ['leaderboard', 2, 2, undefined],
      ['you', 2, 2, undefined],
    ])
  })

  const cases: [string, { epoch?: number; version?: number }, boolean][] = [
    ['nothing', {}, false],
    ['less', { epoch: 1, version: 1 }, false],
    ['the same', { epoch: 1, version: 2 }, false],
    ['an epoch alone', { epoch: 1 }, false],
    ['an older epoch with a higher version', { epoch: 0, version: 99 }, false],
    ['a newer version', { epoch: 1, version: 3 }, true],
    ['a newer epoch', { epoch: 2, version: 0 }, true],
    ['a newer epoch alone', { epoch: 2 }, true],
  ]
  it.each(cases)('a client that has seen %s', async (_, seen, reset) => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann' })
    const ann = await watch('Quiz1', { token: 'Quiz1/ann', ...seen })
    // A newer version of this owner may be on its way; a newer owner there is none.
    if (reset && seen.epoch === 1) await clock.advance(1_000)
    expect(ann.frames.map((frame) => frame.reset)).toEqual([undefined, reset || undefined, reset || undefined])
    feed.change('Quiz1', { user_id: 'ann', score: 5 })
    await clock.advance(100)
    expect(ann.frames.slice(3).map((frame) => frame.reset)).toEqual([undefined, undefined])
  })

  it('a feed of a higher epoch goes on from there; a client whose view is the same hears nothing', async () => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann', score: 1 }, { user_id: 'bob' })
    const ann = await watch('Quiz1', { token: 'Quiz1/ann' })
    feed.restart('Quiz1', 2)
    await clock.advance(1_000)
    expect(ann.writes).toHaveLength(1)
    feed.change('Quiz1', { user_id: 'bob', score: 2 })
    await clock.advance(1)
    expect(ann.frames.slice(3)).toMatchObject([
      { type: 'leaderboard', epoch: 2, version: 2 },
      { type: 'you', epoch: 2, version: 2, rank: 2 },
    ])
  })

  it('a snapshot of the past is not shown; the feed is followed anew', async () => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann', score: 1 })
    const viewer = await watch('Quiz1')
    feed.say('Quiz1', { kind: 'snapshot', epoch: 0, version: 9, rows: [], quiz: undefined })
    feed.change('Quiz1', { user_id: 'ann', score: 2 })
    await clock.advance(200)
    expect(viewer.of('leaderboard').map(({ epoch, version }) => [epoch, version])).toEqual([
      [1, 2],
      [1, 3],
    ])
    expect(feed.followers('Quiz1')).toBe(1)
  })

  it('the age of a tick is that of the oldest change in it, from the log to its last frame', async () => {
    const { clock, feed, ticks, watch } = withQuiz()
    const row = { user_id: 'ann', name: null, score: 5, reached_at: 0, seq: 0, joined: false }
    const change = (version: number, ageMs?: number) =>
      feed.say('Quiz1', {
        ...{ kind: 'changes', epoch: 1, version },
        rows: [{ ...row, score: version }],
        at: ageMs === undefined ? undefined : clock.now() - ageMs,
      })
    const ages = () => ticks.splice(0).map(({ ageMs }) => ageMs)
    await watch('Quiz1')
    change(2, 30)
    await clock.advance(100)
    expect(ages()).toEqual([30])
    change(3, 10)
    await clock.advance(0)
    change(4, 200)
    change(5, 7)
    await clock.advance(20)
    change(6)
    await clock.advance(100)
    // The second tick had to wait for its time.
    expect(ages()).toEqual([10, 200 + 50])
  })

  it('what came while nobody watched has no age', async () => {
    const { clock, feed, ticks, watch } = withQuiz()
    const gone = await watch('Quiz1')
    gone.entry?.leave()
    const row = { user_id: 'ann', name: null, score: 5, reached_at: 0, seq: 0, joined: false }
    feed.say('Quiz1', { kind: 'changes', epoch: 1, version: 2, rows: [row], at: clock.now() })
    await clock.advance(10_000)
    await watch('Quiz1')
    feed.say('Quiz1', { kind: 'changes', epoch: 1, version: 3, rows: [row], at: clock.now() - 3 })
    await clock.advance(100)
    expect(ticks.map(({ ageMs }) => ageMs)).toEqual([3])
  })

  it('a missing version calls for a new snapshot; a repeated one changes nothing', async () => {
    const { clock, feed, watch } = withQuiz()
    const viewer = await watch('Quiz1')
    const row = { user_id: 'ann', name: null, score: 5, reached_at: 0, seq: 0, joined: false }
    feed.say('Quiz1', { kind: 'changes', epoch: 1, version: 1, rows: [row] })
    await clock.advance(100)
    expect(viewer.frames).toHaveLength(2)
    feed.say('Quiz1', { kind: 'changes', epoch: 1, version: 7, rows: [row] })
    await clock.advance(50)
    expect(viewer.frames).toHaveLength(2)
    feed.change('Quiz1', { user_id: 'bob', score: 3 })
    await clock.advance(500)
    expect(viewer.of('leaderboard').at(-1)).toMatchObject({ version: 2, players: 1, top: [{ user_id: 'bob' }] })
  })

  it('[Q5.3] the revision of the quiz never falls for a client, also when an owner knows fewer players for a moment', async () => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann' }, { user_id: 'bob' })
    const viewer = await watch('Quiz1')
    const row = { user_id: 'ann', name: 'ann', score: 0, reached_at: 0, seq: 0, joined: true }
    feed.say('Quiz1', { kind: 'snapshot', epoch: 2, version: 1, rows: [row], quiz: undefined })
    await clock.advance(100)
    expect(viewer.of('quiz')).toHaveLength(1)
    feed.lifecycle('Quiz1', { state: 'running' })
    await clock.advance(100)
    expect(viewer.of('quiz').map(({ revision, players }) => [revision, players])).toEqual([
      [2 ** 20 + 2, 2],
      [2 * 2 ** 20 + 1, 1],
    ])
  })
})

describe('what a client is shown later', () => {
  it('only what has changed for it, the board before the own rank, in one write', async () => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', ...['ann', 'bob', 'cid'].map((user_id, i) => ({ user_id, score: 30 - i })))
    const top1 = await watch('Quiz1', { token: 'Quiz1/cid', top: 1 })
    const top3 = await watch('Quiz1', { token: 'Quiz1/ann', top: 3 })
    const [first, second] = [top1.writes.length, top3.writes.length]
    feed.change('Quiz1', { user_id: 'bob', score: 20 })
    await clock.advance(200)
    // Seen from rank 3 with one row of the board, only the own rank changed.
    expect(top1.writes.slice(first)).toEqual([['you']])
    expect(top1.frames.at(-1)).toMatchObject({ rank: 2, score: 28, version: 3 })
    expect(top3.writes.slice(second)).toEqual([['leaderboard']])
    feed.change('Quiz1', { user_id: 'bob', score: 20, seq: 9 })
    await clock.advance(200)
    expect(top1.writes).toHaveLength(first + 1)
    expect(top3.writes).toHaveLength(second + 1)
    feed.change('Quiz1', { user_id: 'cid', score: 99 })
    await clock.advance(200)
    expect(top1.writes.at(-1)).toEqual(['leaderboard', 'you'])
  })

  it('a name that becomes known, and a new player, are changes of the board', async () => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'x', name: null, joined: false, score: 3 })
    const viewer = await watch('Quiz1', { top: 1 })
    feed.change('Quiz1', { user_id: 'x', name: 'Xaver', joined: true })
    await clock.advance(100)
    expect(viewer.frames.slice(2)).toMatchObject([
      { type: 'quiz', players: 1 },
      { type: 'leaderboard', top: [{ name: 'Xaver' }] },
    ])
    feed.change('Quiz1', { user_id: 'last' })
    await clock.advance(100)
    expect(viewer.of('leaderboard').at(-1)).toMatchObject({ players: 2, top: [{ user_id: 'x' }] })
  })

  it('the first change after a quiet time goes out at once; then at most one frame a kind in 50 ms', async () => {
    const { clock, feed, watch, ticks } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann' })
    const ann = await watch('Quiz1', { token: 'Quiz1/ann' })
    await clock.advance(500)
    for (let score = 1; score <= 1_000; score++) {
      feed.change('Quiz1', { user_id: 'ann', score })
      await clock.advance(1)
    }
    await clock.advance(50)
    const boards = ann.of('leaderboard')
    expect(boards[1]).toMatchObject({ top: [{ score: 1 }] })
    expect(boards.length).toBeLessThanOrEqual(22)
    expect(boards.length).toBeGreaterThanOrEqual(20)
    expect(boards.at(-1)).toMatchObject({ version: 1_002, top: [{ score: 1_000 }] })
    expect(ticks.length).toBe(boards.length - 1)
    expect(ann.of('you').at(-1)).toMatchObject({ version: 1_002, score: 1_000 })
  })

  it('two sockets of one player are told the same', async () => {
    const { clock, feed, watch } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann' })
    const sockets = [await watch('Quiz1', { token: 'Quiz1/ann' }), await watch('Quiz1', { token: 'Quiz1/ann' })]
    feed.change('Quiz1', { user_id: 'ann', score: 8 })
    await clock.advance(100)
    expect(sockets[0]?.frames).toEqual(sockets[1]?.frames)
    sockets[0]?.entry?.leave()
    feed.change('Quiz1', { user_id: 'ann', score: 9 })
    await clock.advance(100)
    expect(sockets.map((socket) => socket.of('you').at(-1)?.score)).toEqual([8, 9])
  })
})

describe('[Q9.5] a slow reader', () => {
  it('is shown the newest state once it has read, and nothing in between', async () => {
    const { clock, feed, watch, edge } = withQuiz()
    feed.change('Quiz1', { user_id: 'ann' })
    const [slow, quick] = [await watch('Quiz1', { token: 'Quiz1/ann' }), await watch('Quiz1')]
    slow.backlog = 1
    for (let score = 1; score <= 100; score++) {
      feed.change('Quiz1', { user_id: 'ann', score })
      await clock.advance(60)
    }
    expect(slow.frames).toHaveLength(3)
    expect(edge.behind).toBe(1)
    expect(quick.of('leaderboard').length).toBe(101)
    slow.backlog = 0
    await clock.advance(100)
    expect(slow.frames.slice(3)).toMatchObject([
      { type: 'leaderboard', version: 102 },
      { type: 'you', version: 102, score: 100 },
    ])
    expect(edge.behind).toBe(0)
    feed.change('Quiz1', { user_id: 'ann', score: 5 })
    await clock.advance(100)
    expect(slow.of('you').at(-1)?.score).toBe(5)
  })

  it('is let go when it has read nothing for 20 s', async () => {
    const { clock, feed, watch, edge } = withQuiz()
    const slow = await watch('Quiz1')
    slow.backlog = 1
    await clock.advance(60_000)
    expect(slow.refusal).toBeUndefined()
    feed.change('Quiz1', { user_id: 'ann' })
    await clock.advance(19_900)
    expect(slow.refusal).toBeUndefined()
    await clock.advance(200)
    expect(slow.refusal).toMatchObject({ code: 'client/too_slow' })
    expect(edge.behind).toBe(0)
    feed.change('Quiz1', { user_id: 'bob' })
    await clock.advance(1_000)
    expect(slow.frames).toHaveLength(2)
  })
})

it('[Q9.5] a reader is not stuck because this process stood still', async () => {
  let stoodStillMs = 0
  const withPauses = (clock: Clock): Clock => ({ ...clock, monotonic: () => clock.monotonic() + stoodStillMs })
  const { clock, feed, watch } = createFakeEdge({}, withPauses)
  feed.add('Quiz1')
  const slow = await watch('Quiz1')
  slow.backlog = 1
  feed.change('Quiz1', { user_id: 'ann' })
  await clock.advance(5_000)
  stoodStillMs = 60_000
  await clock.advance(14_900)
  expect(slow.refusal).toBeUndefined()
  await clock.advance(200)
  expect(slow.refusal).toMatchObject({ code: 'client/too_slow' })
})

describe('a quiz that nobody looks at', () => {
  it('is followed for a while after the last viewer, then no more, and again for the next one', async () => {
    const { clock, feed, watch, edge } = withQuiz({ idleMs: 10_000 })
    const viewer = await watch('Quiz1')
    await clock.advance(100_000)
    expect(feed.followers('Quiz1')).toBe(1)
    viewer.entry?.leave()
    await clock.advance(9_000)
    expect(feed.followers('Quiz1')).toBe(1)
    await clock.advance(7_000)
    expect(feed.followers('Quiz1')).toBe(0)
    expect(edge.quizzes).toBe(0)
    expect(clock.pending).toBe(0)
    feed.change('Quiz1', { user_id: 'ann' })
    expect((await watch('Quiz1')).of('leaderboard')[0]).toMatchObject({ players: 1 })
  })

  it('[Q5.2] is not forgotten while somebody who comes back waits to hear how new its board is', async () => {
    const { clock, feed, say } = withQuiz({ idleMs: 1_000 })
    feed.newestEpoch = async () => {
      await clock.sleep(10_000)
      return 1
    }
    const back = say('Quiz1', { epoch: 1, version: 2 })
    await clock.advance(10_000)
    expect(feed.followers('Quiz1')).toBe(1)
    for (const user_id of ['ann', 'bob']) {
      feed.change('Quiz1', { user_id })
      await clock.advance(1_000)
    }
    expect(back.of('leaderboard').at(-1)).toMatchObject({ players: 2, version: 3 })
  })

  it('has no ticks', async () => {
    const { clock, feed, watch, ticks } = withQuiz()
    const viewer = await watch('Quiz1')
    viewer.entry?.leave()
    feed.change('Quiz1', { user_id: 'ann' })
    await clock.advance(1_000)
    expect(ticks).toEqual([])
  })

  it('leaves no timer behind when the edge stops', async () => {
    const { clock, feed, say, watch, edge } = withQuiz()
    await watch('Quiz1')
    say('Quiz1', { token: 'Quiz1/nobody' })
    await clock.advance(1)
    feed.change('Quiz1', { user_id: 'ann' })
    edge.stop()
    await clock.advance(1)
    expect(clock.pending).toBe(0)
    expect(feed.followers('Quiz1')).toBe(0)
  })
})
