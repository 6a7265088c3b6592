/**
 * Three replicas of the leaderboard-service, a viewer for each quiz at the two that stay, and scores at a steady pace while the third is
 * ended. What is measured is how old a board gets: from when a score was to be sent to the log until its viewer was shown it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type ScoreEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { openQuestion, publishQuizzes, questionsOf, quizId, userId } from './bench-quizzes.ts'
import { openViewer, type Viewer } from './live-viewer.ts'
import { openPlatform, type Platform, type Running } from './real-platform.ts'
import { quantile } from './statistics.ts'

export interface Ages {
  /** Milliseconds. */
  p50: number
  p99: number
  max: number
}
export interface Outage {
  /** Partitions that the ended replica owned. */
  partitions: number
  /** Quizzes of these partitions, from the signal on. */
  hit: Ages
  /** Quizzes of all other partitions, in the same time. */
  spared: Ages
  /** All quizzes, before the signal. */
  before: Ages
}

const PARTITIONS = 12
const QUIZZES = 36
/** Between two scores of a quiz. */
const EVERY_MS = 50
const BEFORE_MS = 3_000
/** From the signal on: as long as its effects may last. */
const AFTER_MS = 5_000

const agesOf = (values: readonly number[]): Ages => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: Math.max(...values),
})

/** Partitions that a replica owns, as the leases say. */
const ownedBy = async ({ db }: Platform, { internalPort }: Running): Promise<Set<number>> => {
  const members = await db.collection<{ _id: string; address: string }>('leaderboard_members').find().toArray()
  const member = members.find(({ address }) => address.endsWith(`:${internalPort}`))
  const leases = await db.collection<{ _id: number; owner: string }>('leaderboard_partitions').find().toArray()
  return new Set(leases.flatMap(({ _id, owner }) => (owner === member?._id ? [_id] : [])))
}

/** Resolves once each of the replicas owns some partition and somebody owns every one. */
const shared = async (platform: Platform, replicas: readonly Running[]) => {
  for (let left = 200; ; left--) {
    const owned = await Promise.all(replicas.map((replica) => ownedBy(platform, replica)))
    const total = owned.reduce((sum, set) => sum + set.size, 0)
    if (total === PARTITIONS && owned.every(({ size }) => size >= Math.floor(PARTITIONS / replicas.length))) return
    if (left === 0) throw new Error('the partitions are not shared out')
    await sleep(100)
  }
}

/** Of the newest score of every quiz. */
let revision = 0

/** One score a quiz and step, each a bit more than the one before; the first player is always the best. */
const createPace = (platform: Platform, viewers: readonly Viewer[]) => {
  let running = true
  const pending: Promise<unknown>[] = []
  const step = (at: number) => {
    revision++
    const now = new Date().toISOString()
    const records = viewers.map((viewer, i) => {
      viewer.expect(revision, at)
      const event: ScoreEvent = {
        ...{ quiz_id: quizId(i), user_id: userId(i), score: 1, total: revision, seq: revision, revision },
        ...{ answered_at: now, reached_at: now },
      }
      return { topic: TOPICS.scores, key: event.quiz_id, value: JSON.stringify(event) }
    })
    pending.push(platform.log.append(records))
  }
  const loop = async () => {
    const begun = performance.now()
    for (let i = 0; running; i++) {
      const at = begun + i * EVERY_MS
      await sleep(Math.max(0, at - performance.now()))
      // Late or not: timed from when it was to be sent.
      if (running) step(at)
    }
  }
  const done = loop()
  return async () => {
    running = false
    await done
    await Promise.all(pending)
  }
}

type Ending = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP'

const outage = async (platform: Platform, replicas: Running[], ending: Ending): Promise<Outage> => {
  await shared(platform, replicas)
  const [victim, ...others] = replicas
  if (!victim) throw new Error('there is no replica to end')
  const viewers = await Promise.all(
    Array.from({ length: QUIZZES }, (_, i) => {
      const { port = 0 } = others[i % others.length] ?? {}
      return openViewer(`ws://127.0.0.1:${port}`, quizId(i))
    }),
  )
  const owned = await ownedBy(platform, victim)
  const stop = createPace(platform, viewers)
  await sleep(BEFORE_MS)
  const at = performance.now()
  victim.process.kill(ending)
  await sleep(AFTER_MS)
  await stop()
  for (let left = 100; left > 0 && viewers.some(({ missing }) => missing > 0); left--) await sleep(100)
  const isHit = (_: unknown, i: number) => owned.has(partitionOf(quizId(i), PARTITIONS))
  const after = (some: readonly Viewer[]) => some.flatMap((viewer) => viewer.shown().filter((each) => each.at >= at))
  const hit = after(viewers.filter(isHit))
  const spared = after(viewers.filter((viewer, i) => !isHit(viewer, i)))
  // The first second is the warming up of a board.
  const before = viewers.flatMap((viewer) => viewer.shown().filter((each) => each.at < at && each.at > at - 2_000))
  for (const viewer of viewers) {
    viewer.close()
    if (viewer.wrong !== undefined) throw new Error(`a viewer at a replica that stayed: ${viewer.wrong}`)
    if (viewer.missing > 0) throw new Error(`a viewer was never shown its last ${viewer.missing} scores`)
  }
  if (ending === 'SIGSTOP') victim.process.kill('SIGKILL')
  const ages = (list: readonly { ms: number }[]) => agesOf(list.map(({ ms }) => ms))
  return { partitions: owned.size, hit: ages(hit), spared: ages(spared), before: ages(before) }
}

/** Each ending so many times, the replica replaced in between. */
export const measureOutages = async (rounds: number): Promise<Record<Ending, Outage[]>> => {
  const platform = await openPlatform({ partitions: PARTITIONS })
  const results: Record<Ending, Outage[]> = { SIGTERM: [], SIGKILL: [], SIGSTOP: [] }
  try {
    const questions = questionsOf(2)
    await publishQuizzes(platform.log, QUIZZES, questions)
    await openQuestion(platform.log, QUIZZES, questions, 0)
    const replicas: Running[] = []
    for (let i = 0; i < 3; i++) replicas.push(await platform.start('leaderboard-service'))
    for (let round = 0; round < rounds; round++)
      for (const ending of ['SIGTERM', 'SIGKILL', 'SIGSTOP'] as const) {
        results[ending].push(await outage(platform, replicas, ending))
        replicas.shift()
        replicas.push(await platform.start('leaderboard-service'))
      }
  } finally {
    await platform.remove()
  }
  return results
}
