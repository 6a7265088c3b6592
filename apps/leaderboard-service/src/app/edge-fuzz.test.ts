/** Any changes, hand-overs and slow readers: every frame that every viewer gets agrees with the history of the board. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { createSeededRandom, type SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import type { FeedRow } from '../ports/board-feed.ts'
import { createFakeEdge, type FakeViewer } from '../testing/fake-edge.ts'
import type { TestFrame } from '../testing/live-client.ts'
import { isOlder } from './edge-replica.ts'

const QUIZ = 'Quiz1'
const PLAYERS = 60
const userOf = (i: number) => `u${i}`

interface Standing {
  rank: number
  user_id: string
  name: string | null
  score: number
}
/** By the rules themselves: sort, then count those with more points. */
const standingsOf = (rows: ReadonlyMap<string, FeedRow>): Standing[] =>
  [...rows.values()]
    .sort((a, b) => b.score - a.score || a.reached_at - b.reached_at || (a.user_id < b.user_id ? -1 : 1))
    .map(({ user_id, name, score }, _, all) => ({
      rank: 1 + all.filter((other) => other.score > score).length,
      user_id,
      name,
      score,
    }))

interface Watched {
  viewer: FakeViewer
  top: number
  user: string | undefined
}

/** Every version that was ever true, as text `epoch.version`. */
type History = Map<string, Standing[]>
const at = ({ epoch, version }: { epoch: number; version: number }) => `${epoch}.${version}`

const check = ({ viewer, top, user }: Watched, history: History): void => {
  let seen = { epoch: 0, version: 0 }
  let you: TestFrame | undefined
  let revision = -1
  /** What was said last of each type: the same is never said again. */
  const last = new Map<string, TestFrame>()
  const { frames } = viewer
  for (const [i, frame] of frames.entries()) {
    if (frame.type === 'quiz') {
      expect(frame.revision).toBeGreaterThan(revision)
      revision = frame.revision
      continue
    }
    expect(isOlder(frame.epoch, frame.version, seen.epoch, seen.version)).toBe(false)
    seen = frame
    const truth = history.get(at(frame))
    if (!truth) throw new Error(`there never was a version ${at(frame)}`)
    const said = { ...frame, epoch: 0, version: 0 }
    expect(said).not.toEqual(last.get(frame.type))
    last.set(frame.type, said)
    if (frame.type === 'leaderboard') {
      expect(frame.players).toBe(truth.length)
      expect(frame.top).toEqual(truth.slice(0, top))
    } else you = frame
    const next = frames.slice(i + 1).find(({ type }) => type !== 'quiz')
    if (user === undefined || (next && at(next) === at(frame))) continue
    // All of this version has been said: the newest `you` is the truth.
    const own = truth.find(({ user_id }) => user_id === user)
    expect(you && { rank: you.rank, score: you.score }).toEqual(own && { rank: own.rank, score: own.score })
  }
}

/** Every look at the clock costs a millisecond, so that ticks are cut into slices, between which the board changes. */
const slowed = (clock: Clock): Clock => {
  let spent = 0
  return { ...clock, monotonic: () => clock.monotonic() + spent++ }
}

const run = async (random: SeededRandom): Promise<void> => {
  const fake = createFakeEdge({ sliceMs: 1, stuckMs: 1_000_000 }, slowed)
  const { clock, feed } = fake
  feed.add(QUIZ)
  const rows = new Map<string, FeedRow>()
  const history: History = new Map([['1.1', []]])
  const now = { epoch: 1, version: 1 }
  const watched: Watched[] = []

  const change = () => {
    const changed = Array.from({ length: 1 + random.int(3) }, () => {
      const user_id = userOf(random.int(PLAYERS))
      const before = rows.get(user_id)
      const row: FeedRow = {
        user_id,
        name: before?.name ?? (random.chance(0.8) ? `Name of ${user_id}` : null),
        score: random.chance(0.2) ? (before?.score ?? 0) : random.int(20) * 100,
        reached_at: random.int(5),
        seq: (before?.seq ?? 0) + 1,
        joined: true,
      }
      rows.set(user_id, row)
      return row
    })
    feed.change(QUIZ, ...changed)
    now.version++
    history.set(at(now), standingsOf(rows))
  }
  const handOver = () => {
    now.epoch++
    now.version = random.int(3)
    history.set(at(now), standingsOf(rows))
    feed.restart(QUIZ, now.epoch, now.version)
  }
  const enter = async () => {
    const user = random.chance(0.7) ? userOf(random.int(PLAYERS)) : undefined
    const top = 1 + random.int(12)
    // A player who is not on the board yet would wait.
    if (user !== undefined && !rows.has(user)) return
    const viewer = await fake.watch(QUIZ, { top, ...(user !== undefined && { token: `${QUIZ}/${user}` }) })
    watched.push({ viewer, top, user })
  }

  for (let step = 0; step < 300; step++) {
    const dice = random.next()
    if (dice < 0.5) change()
    else if (dice < 0.53) handOver()
    else if (dice < 0.75) await enter()
    else if (dice < 0.8 && watched.length > 0) {
      const { viewer } = random.pick(watched)
      viewer.gone = true
      viewer.entry?.leave()
    } else if (dice < 0.9 && watched.length > 0) random.pick(watched).viewer.backlog = random.int(2)
    else if (dice < 0.92) feed.lifecycle(QUIZ, { title: `After ${step}` })
    if (random.chance(0.4)) await clock.advance(random.int(60))
  }
  for (const { viewer } of watched) viewer.backlog = 0
  await clock.advance(10_000)
  for (const one of watched) check(one, history)
  // At rest everyone who is still there has seen the last change of theirs.
  for (const { viewer, top, user } of watched) {
    if (viewer.gone) continue
    const truth = history.get(at(now)) ?? []
    expect(viewer.of('leaderboard').at(-1)?.top).toEqual(truth.slice(0, top))
    if (user !== undefined) {
      const own = truth.find((row) => row.user_id === user)
      expect(viewer.of('you').at(-1)).toMatchObject({ rank: own?.rank, score: own?.score })
    }
  }
  expect(watched.length).toBeGreaterThan(20)
}

it.each([1, 2, 3, 4, 5, 6, 7, 8, Date.now() >>> 0])('[Q4.3] [Q4.4] [Q5.2] with seed %i', async (seed) => {
  await run(createSeededRandom(seed))
})
