/**
 * Group commit: operations that arrive while a commit is under way form the next one. All that is decided of one player in one
 * batch is decided in order, on one state; each player is committed against the version that was loaded, and decided again on a
 * conflict. An operation that cannot be committed is found by halving its batch, and fails alone.
 */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { PlayerState, StoredAnswer } from '../domain/player.ts'
import { type AnswerStore, Fenced, type PlayerChange, StoreUnavailable } from '../ports/answer-store.ts'
import type { Observer } from './observer.ts'

/** What an operation makes of a player's state. */
export interface Step<Outcome> {
  /** undefined: nothing changes. */
  change:
    | {
        state: PlayerState
        doc: StoredAnswer
        result: { answer_id: string; result: AnswerResult } | undefined
        event: ScoreEvent | undefined
      }
    | undefined
  outcome: Outcome
}

export interface PlayerOperation<Outcome> {
  quiz_id: string
  user_id: string
  /** What `decide` needs to see of the player. */
  question_ids: readonly string[] | 'all'
  answer_id: string | undefined
  /** Pure; it may be asked again, on another state. */
  decide(state: PlayerState): Step<Outcome>
}

export interface Committer {
  /**
   * Resolves once the operation's change is durable, or what it saw is. Rejects with StoreUnavailable (also if the queue is full,
   * or conflicts do not end), with Fenced (nothing of it is stored), or with the error that this operation alone meets.
   */
  run<Outcome>(operation: PlayerOperation<Outcome>): Promise<Outcome>
  /** Operations that wait for a commit. */
  readonly queued: number
}

interface Pending {
  operation: PlayerOperation<unknown>
  /** Conflicts so far. */
  tries: number
  resolve(outcome: unknown): void
  reject(error: unknown): void
}
interface Group {
  quiz_id: string
  user_id: string
  pending: Pending[]
}

/** A player whose every commit meets a newer version is given up after these. */
const TRIES_MAX = 12

export const createCommitter = (deps: {
  store: AnswerStore
  /** The registration by which it commits: what was admitted under one is never committed under another. */
  replica: string
  clock: Clock
  observer: Observer
  batchMax: number
  queueMax: number
  /** Takes the events of each commit, in their order. Must not throw. */
  onEvents(events: readonly ScoreEvent[]): void
  /** The registration is no longer one. */
  onFenced(): void
  /** The store did not say what became of a commit: it may still come, until the registration is fenced. */
  onUncertain(): void
}): Committer => {
  const { store, replica, clock, observer, batchMax, queueMax, onEvents, onFenced, onUncertain } = deps
  let queue: Pending[] = []
  let running = false

  /** Commits what fits, puts the rest back in front of the queue. Rejects if nothing was stored. */
  const attempt = async (groups: readonly Group[]): Promise<void> => {
    // If one is old its commit is a conflict: what is decided without a change (a repeat, a second answer) stays so.
    const states = await store.load(groups.map(loadKey), { mayBeOld: true })
    const decided = groups.map((group, i) => decideGroup(group, states[i], clock.now()))
    const changed = decided.filter((each) => each.change !== undefined)
    const outcomes = await commit(changed.flatMap(({ change }) => change ?? []))
    const conflicts = new Set(changed.filter((_, i) => outcomes[i] !== 'ok'))
    const stored = changed.filter((each) => !conflicts.has(each))
    observer.counted(stored.reduce((sum, { counted }) => sum + counted, 0))
    onEvents(stored.flatMap(({ change }) => change?.events ?? []))
    for (const each of decided) if (!conflicts.has(each)) for (const settle of each.settle) settle()
    putBack([...conflicts].flatMap(({ alive }) => alive))
  }

  const commit = async (changes: readonly PlayerChange[]) => {
    if (changes.length === 0) return []
    const started = clock.monotonic()
    try {
      const outcomes = await store.commit(changes, replica)
      observer.committed(changes.length, clock.monotonic() - started, 'ok')
      return outcomes
    } catch (error) {
      observer.committed(changes.length, clock.monotonic() - started, 'failed')
      if (error instanceof StoreUnavailable) onUncertain()
      throw error
    }
  }

  /** In front, so that what one player sent stays in order. Someone else's commit went through: there is progress. */
  const putBack = (conflicted: readonly Pending[]) => {
    if (conflicted.length === 0) return
    observer.conflicted()
    const again: Pending[] = []
    for (const pending of conflicted) {
      if (++pending.tries < TRIES_MAX) again.push(pending)
      else pending.reject(new StoreUnavailable('the player is being changed elsewhere all the time'))
    }
    queue = [...again, ...queue]
  }

  /** Never rejects. Halves what fails, down to the operation that is to blame. */
  const settle = async (groups: readonly Group[]): Promise<void> => {
    try {
      await attempt(groups)
    } catch (error) {
      const isFenced = error instanceof Fenced
      if (isFenced) onFenced()
      const isForAll = isFenced || error instanceof StoreUnavailable
      const parts = isForAll ? [groups] : halves(groups)
      if (parts.length === 1) rejectAll(groups, error)
      else for (const part of parts) await settle(part)
    }
  }

  const runQueue = async () => {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchMax)
      queue = queue.slice(batchMax)
      await settle(groupByPlayer(batch))
    }
    running = false
  }

  return {
    run<Outcome>(operation: PlayerOperation<Outcome>): Promise<Outcome> {
      if (queue.length >= queueMax) return Promise.reject(new StoreUnavailable(`${queue.length} answers are waiting`))
      return new Promise<Outcome>((resolve, reject) => {
        queue.push({ operation, tries: 0, resolve: resolve as (outcome: unknown) => void, reject })
        // After what else arrives in this turn.
        if (!running) {
          running = true
          Promise.resolve().then(runQueue)
        }
      })
    },
    get queued() {
      return queue.length
    },
  }
}

const groupByPlayer = (batch: readonly Pending[]): Group[] => {
  const groups = new Map<string, Group>()
  for (const pending of batch) {
    const { quiz_id, user_id } = pending.operation
    const key = JSON.stringify([quiz_id, user_id])
    const group = groups.get(key)
    if (group) group.pending.push(pending)
    else groups.set(key, { quiz_id, user_id, pending: [pending] })
  }
  return [...groups.values()]
}

const loadKey = ({ quiz_id, user_id, pending }: Group) => {
  const questions = new Set<string>()
  const answerIds = new Set<string>()
  let all = false
  for (const { operation } of pending) {
    if (operation.question_ids === 'all') all = true
    else for (const id of operation.question_ids) questions.add(id)
    if (operation.answer_id !== undefined) answerIds.add(operation.answer_id)
  }
  return { quiz_id, user_id, question_ids: all ? ('all' as const) : [...questions], answer_ids: [...answerIds] }
}

interface Decided {
  group: Group
  change: PlayerChange | undefined
  /** Accepted answers that its total has now and had not before. */
  counted: number
  /** To be called once the change is durable. */
  settle: (() => void)[]
  /** Those whose decision did not throw. */
  alive: Pending[]
}

/** Everything of one player, in order, each on the state that the one before left. */
const decideGroup = (group: Group, loaded: PlayerState | undefined, at: number): Decided => {
  if (!loaded) throw new Error('the store gave no state of a player')
  let state = loaded
  const answers = new Map<string, StoredAnswer>()
  const results: { answer_id: string; result: AnswerResult }[] = []
  const events: ScoreEvent[] = []
  const settle: (() => void)[] = []
  const alive: Pending[] = []
  for (const pending of group.pending) {
    try {
      const { change, outcome } = pending.operation.decide(state)
      if (change) {
        state = change.state
        answers.set(change.doc.question_id, change.doc)
        if (change.result) results.push(change.result)
        if (change.event) events.push(change.event)
      }
      settle.push(() => pending.resolve(outcome))
      alive.push(pending)
    } catch (error) {
      pending.reject(error)
    }
  }
  const { version, counted_seq } = loaded.record
  if (state === loaded) return { group, change: undefined, counted: 0, settle, alive }
  // However many answers: one commit, one version.
  const record = { ...state.record, version: version + 1 }
  const change = { record, expected_version: version, answers: [...answers.values()], results, events, at }
  return { group, change, counted: record.counted_seq - counted_seq, settle, alive }
}

/** Two halves of a batch; of one player's group, its operations one by one; of one operation, itself. */
const halves = (groups: readonly Group[]): (readonly Group[])[] => {
  if (groups.length > 1) {
    const middle = groups.length >> 1
    return [groups.slice(0, middle), groups.slice(middle)]
  }
  const [group] = groups
  return group && group.pending.length > 1
    ? group.pending.map((pending) => [{ ...group, pending: [pending] }])
    : [groups]
}

const rejectAll = (groups: readonly Group[], error: unknown): void => {
  for (const { pending } of groups) for (const { reject } of pending) reject(error)
}
