/** How long a partition takes that nobody keeps warm: out of the log, out of the store, and compared with its answers. */
import { openMongoAnswerStore } from '@quizboard/answer-service/adapters/mongo-answer-store/mongo-answer-store.ts'
import { newPlayer } from '@quizboard/answer-service/domain/player.ts'
import type { PlayerChange } from '@quizboard/answer-service/ports/answer-store.ts'
import { openMongoBoards } from '@quizboard/leaderboard-service/adapters/mongo-board-store/mongo-board-store.ts'
import type { BoardRow } from '@quizboard/leaderboard-service/ports/board-store.ts'
import { createRebuild } from '@quizboard/quizboard/rebuild/rebuild.ts'
import { type ScoreEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { openQuestion, publishQuizzes, questionsOf, quizId, userId } from './bench-quizzes.ts'
import { openViewer } from './live-viewer.ts'
import { openPlatform, type Platform, type Running } from './real-platform.ts'

/** Kafka takes a megabyte at once. */
const BATCH = 2_000
const AT = 1_800_000_000_000

const batches = (count: number): { from: number; to: number }[] =>
  Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => ({
    from: i * BATCH,
    to: Math.min(count, (i + 1) * BATCH),
  }))
const range = ({ from, to }: { from: number; to: number }) => Array.from({ length: to - from }, (_, i) => from + i)

const withPlatform = async <T>(quizzes: number, work: (platform: Platform) => Promise<T>): Promise<T> => {
  const platform = await openPlatform({ partitions: 1 })
  try {
    const questions = questionsOf(2)
    await publishQuizzes(platform.log, quizzes, questions)
    await openQuestion(platform.log, quizzes, questions, 0)
    return await work(platform)
  } finally {
    await platform.remove()
  }
}

/** Starts a replica that has nothing, and waits until it serves the partition: seconds for both, its start from sources included. */
const startAndTake = async (platform: Platform): Promise<{ replica: Running; seconds: number }> => {
  const begun = performance.now()
  const replica = await platform.start('leaderboard-service')
  const serves = async () => {
    const text = await (await fetch(`http://127.0.0.1:${replica.process.metricsPort}/metrics`)).text()
    return /^quizboard_board_takeover_duration_seconds_count\{[^}]*how="orphaned"[^}]*\} [1-9]/m.test(text)
  }
  while (!(await serves())) await clock.sleep(20)
  return { replica, seconds: (performance.now() - begun) / 1_000 }
}

/** Everything read from the log again: events a second of a take-over by a replica that has nothing. */
export const measureReplay = (events: number, players: number) =>
  withPlatform(1, async (platform) => {
    for (const batch of batches(events)) {
      const records = range(batch).map((i) => {
        const revision = 1 + Math.floor(i / players)
        const at = new Date(AT + i).toISOString()
        const event: ScoreEvent = {
          ...{
            quiz_id: quizId(0),
            user_id: userId(i % players),
            score: 500,
            total: revision * 500,
            seq: revision,
            revision,
          },
          ...{ question_id: 'question_0001', answered_at: at, reached_at: at },
        }
        return { topic: TOPICS.scores, key: event.quiz_id, value: JSON.stringify(event) }
      })
      await platform.log.append(records)
    }
    const { replica, seconds } = await startAndTake(platform)
    return { events, players, seconds, perSecond: events / seconds, cpuSeconds: replica.cpuSeconds() }
  })

/** Standings that lie in the store: from the take-over until each quiz has shown its board. */
export const measureColdStandings = (quizzes: number, players: number) =>
  withPlatform(quizzes, async (platform) => {
    const { store } = await openMongoBoards({ url: process.env.MONGODB_URL ?? '', database: platform.name })
    await store.close()
    const rows = platform.db.collection<BoardRow>('leaderboard')
    for (const batch of batches(quizzes * players)) {
      const list = range(batch).map((i): BoardRow => {
        const total = 500 * (i % 1_000)
        return {
          ...{ quiz_id: quizId(Math.floor(i / players)), user_id: userId(i), score: total, total, revision: 1, seq: 1 },
          ...{ foreign: 0, foreign_offset: -1, name: `Player ${i}`, joined_at: AT },
          ...{ own_reached_at: AT + i, foreign_reached_at: null },
        }
      })
      await rows.insertMany(list, { ordered: false })
    }
    const { replica, seconds: takeover } = await startAndTake(platform)
    const before = { at: performance.now(), cpu: replica.cpuSeconds() }
    const viewers = await Promise.all(
      Array.from({ length: quizzes }, (_, i) => openViewer(`ws://127.0.0.1:${replica.port}`, quizId(i))),
    )
    const load = (performance.now() - before.at) / 1_000
    const cpuSeconds = replica.cpuSeconds() - before.cpu
    for (const viewer of viewers) viewer.close()
    return { quizzes, players, takeover, load, seconds: takeover + load, cpuSeconds }
  })

/** `npm run rebuild`: the standings of a quiz recomputed from its answers and compared with the board. */
export const measureRebuild = (players: number, answersEach: number) =>
  withPlatform(1, async ({ name: database }) => {
    const url = process.env.MONGODB_URL ?? ''
    const answers = await openMongoAnswerStore({ url, database })
    const { store: boards } = await openMongoBoards({ url, database })
    const quiz_id = quizId(0)
    const { fence, state } = (await boards.acquire(0, 'bench', 0)) ?? {}
    if (!fence || !state) throw new Error('the partition has an owner')
    const update_ts = new Date(AT).toISOString()
    for (let from = 0; from < players; from += 500) {
      const users = range({ from, to: Math.min(players, from + 500) }).map(userId)
      const total = answersEach * 500
      const changes = users.map((user_id): PlayerChange => {
        const numbers = { version: 1, seq: answersEach, revision: answersEach, total, counted_seq: answersEach }
        return {
          record: { ...newPlayer(quiz_id, user_id), ...numbers, reached_at: update_ts },
          expected_version: 0,
          answers: Array.from({ length: answersEach }, (_, i) => ({
            ...{ user_id, quiz_id, question_id: `question_${i}`, answer: 'abate', is_correct: true, score: 500 },
            ...{ update_ts, seq: i + 1, elapsed_ms: 1_000, held: false },
          })),
          ...{ results: [], events: [], at: AT },
        }
      })
      await answers.commit(changes)
      const rows = users.map((user_id) => ({
        ...{ quiz_id, user_id, score: total, total, revision: answersEach, seq: answersEach, foreign: 0 },
        ...{ foreign_offset: -1, name: 'Player', joined_at: AT, own_reached_at: AT, foreign_reached_at: null },
      }))
      await boards.flush(fence, rows, state)
    }
    const rebuild = createRebuild({ answers, boards, clock, lagMs: 10_000 })
    const begun = performance.now()
    const found = await rebuild.compare(quiz_id)
    const seconds = (performance.now() - begun) / 1_000
    await answers.close()
    await boards.close()
    if (found.differences.length > 0 || found.answers !== players * answersEach)
      throw new Error(`${found.answers} answers, ${found.differences.length} players differ`)
    return { players, answers: found.answers, seconds, perSecond: found.answers / seconds }
  })
