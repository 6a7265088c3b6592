/** A board feed without an owner: a test says what happens. Messages are delivered at once, within the call. */
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { createWaitingRoom } from '../app/edge-waiting.ts'
import { type BoardFeed, type FeedMessage, type FeedRow, LogUnavailable } from '../ports/board-feed.ts'

interface FakeQuiz {
  event: LifecycleEvent
  epoch: number
  version: number
  leaseEpoch: number | undefined
  rows: Map<string, FeedRow>
  followers: Set<(message: FeedMessage) => void>
}

export interface FakeBoardFeed extends BoardFeed {
  /** Makes the quiz known; its board is empty. */
  add(quizId: string, fields?: Partial<LifecycleEvent>): LifecycleEvent
  /** The next lifecycle revision. */
  lifecycle(quizId: string, fields: Partial<LifecycleEvent>): void
  /** The next version. `at`: reached_at, default 0. */
  change(quizId: string, ...rows: (Partial<FeedRow> & { user_id: string })[]): void
  /** As after a hand-over: the same standings in a new epoch. */
  restart(quizId: string, epoch: number, version?: number): void
  /** The next owner has its lease, and is not heard of yet. */
  lease(quizId: string, epoch: number): void
  /** A message as it is, for what an owner should never do. */
  say(quizId: string, message: FeedMessage): void
  /** While false, nobody gets a snapshot: the owner is not known. */
  hasOwner: boolean
  /** While false, what is not known may be there. */
  hasLog: boolean
  followers(quizId: string): number
}

export const lifecycleOf = (quizId: string, fields: Partial<LifecycleEvent> = {}): LifecycleEvent => ({
  quiz_id: quizId,
  title: 'A quiz',
  revision: 1,
  state: 'open',
  mode: 'live',
  scoring: 'accuracy',
  feedback: 'instant',
  reanswer: 'allowed',
  question_count: 2,
  position: null,
  ...fields,
})

export const createFakeBoardFeed = (clock: Clock): FakeBoardFeed => {
  const quizzes = new Map<string, FakeQuiz>()
  const waiting = createWaitingRoom(clock)
  let hasOwner = true
  let hasLog = true
  const keyOf = (quizId: string) => quizId.toLowerCase()
  const known = (quizId: string): FakeQuiz => {
    const quiz = quizzes.get(keyOf(quizId))
    if (!quiz) throw new Error(`the test made no quiz ${quizId}`)
    return quiz
  }
  const snapshot = ({ epoch, version, rows, event }: FakeQuiz): FeedMessage => ({
    kind: 'snapshot',
    epoch,
    version,
    // In any order: no follower may rely on one.
    rows: [...rows.values()].reverse(),
    quiz: event,
  })
  const tell = (quiz: FakeQuiz, message: FeedMessage) => {
    for (const follower of [...quiz.followers]) follower(message)
  }

  return {
    get hasOwner() {
      return hasOwner
    },
    set hasOwner(value) {
      hasOwner = value
      if (value) for (const quiz of quizzes.values()) tell(quiz, snapshot(quiz))
    },
    get hasLog() {
      return hasLog
    },
    set hasLog(value) {
      hasLog = value
    },
    add(quizId, fields) {
      const event = lifecycleOf(quizId, fields)
      quizzes.set(keyOf(quizId), {
        event,
        epoch: 1,
        version: 1,
        leaseEpoch: undefined,
        rows: new Map(),
        followers: new Set(),
      })
      waiting.notify(keyOf(quizId))
      return event
    },
    lifecycle(quizId, fields) {
      const quiz = known(quizId)
      quiz.event = { ...quiz.event, ...fields, revision: fields.revision ?? quiz.event.revision + 1 }
      if (hasOwner) tell(quiz, { kind: 'quiz', quiz: quiz.event })
    },
    change(quizId, ...rows) {
      const quiz = known(quizId)
      const whole = rows.map((row): FeedRow => {
        const before = quiz.rows.get(row.user_id)
        return { name: row.user_id, score: 0, reached_at: 0, seq: 0, joined: true, ...before, ...row }
      })
      for (const row of whole) quiz.rows.set(row.user_id, row)
      quiz.version++
      if (hasOwner) tell(quiz, { kind: 'changes', epoch: quiz.epoch, version: quiz.version, rows: whole })
    },
    restart(quizId, epoch, version = 1) {
      const quiz = known(quizId)
      quiz.epoch = epoch
      quiz.version = version
      tell(quiz, snapshot(quiz))
    },
    lease(quizId, epoch) {
      known(quizId).leaseEpoch = epoch
    },
    say: (quizId, message) => tell(known(quizId), message),
    followers: (quizId) => known(quizId).followers.size,
    follow(quizId, onMessage) {
      const quiz = known(quizId)
      quiz.followers.add(onMessage)
      if (hasOwner) onMessage(snapshot(quiz))
      return { stop: () => quiz.followers.delete(onMessage) }
    },
    isWhole: async () => hasLog,
    newestEpoch: async (quizId) => known(quizId).leaseEpoch ?? known(quizId).epoch,
    async quiz(quizId, waitMs, hasSeen = false) {
      const key = keyOf(quizId)
      await waiting.until(key, () => quizzes.has(key), waitMs)
      if ((hasSeen || !quizzes.has(key)) && !hasLog) throw new LogUnavailable()
      return quizzes.get(key)?.event
    },
  }
}
