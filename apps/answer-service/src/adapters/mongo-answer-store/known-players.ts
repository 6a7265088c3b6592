/**
 * Players whose whole history is known here, because their first commit was ours: they need not be read before the next one. What
 * is known may be out of date, when another replica has committed meanwhile; a commit is checked against the stored version, so
 * that is a conflict and nothing worse. Whoever two replicas commit for is not kept again.
 */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { PlayerRecord, PlayerState, StoredAnswer } from '../../domain/player.ts'
import type { LoadKey, PlayerChange } from '../../ports/answer-store.ts'
import { playerKey } from './keys.ts'

export interface KnownPlayers {
  /** undefined: it must be read. */
  state(key: LoadKey): PlayerState | undefined
  /** Whether the player is known, and has not answered this question. */
  isFirst(player: string, questionId: string): boolean
  /** Durable now. */
  committed(change: PlayerChange): void
  /** What is known of the player is out of date. */
  conflicted(player: string): void
  /** It is not known whether a commit of this player went through. */
  unsure(player: string): void
}

interface Known {
  record: PlayerRecord
  answers: Map<string, StoredAnswer>
  results: Map<string, AnswerResult>
}

const sizeOf = ({ answers, results }: Known): number => 1 + answers.size + results.size

/** `limit`: records, answers and results that are kept, of the players used last. */
export const createKnownPlayers = (limit: number): KnownPlayers => {
  /** In the order of use. */
  const known = new Map<string, Known>()
  /** Committed for elsewhere too. */
  const shared = new Set<string>()
  let size = 0

  const forget = (player: string) => {
    const found = known.get(player)
    if (!found) return
    known.delete(player)
    size -= sizeOf(found)
  }
  const makeRoom = () => {
    for (const oldest of known.keys()) {
      if (size <= limit) break
      forget(oldest)
    }
  }
  const share = (player: string) => {
    shared.add(player)
    const [oldest] = shared
    if (shared.size > limit && oldest !== undefined) shared.delete(oldest)
  }

  return {
    state(key) {
      const player = playerKey(key)
      const found = known.get(player)
      if (!found) return undefined
      known.delete(player)
      known.set(player, found)
      const { record, answers, results } = found
      return {
        record,
        answers: key.question_ids === 'all' ? new Map(answers) : pick(answers, key.question_ids),
        results: pick(results, key.answer_ids),
      }
    },
    isFirst: (player, questionId) => known.get(player)?.answers.has(questionId) === false,
    committed({ record, expected_version, answers, results }) {
      const player = playerKey(record)
      const isNew = expected_version === 0 && !shared.has(player)
      const found = known.get(player) ?? (isNew ? { record, answers: new Map(), results: new Map() } : undefined)
      if (!found) return
      forget(player)
      found.record = record
      for (const answer of answers) found.answers.set(answer.question_id, answer)
      for (const { answer_id, result } of results) found.results.set(answer_id, result)
      known.set(player, found)
      size += sizeOf(found)
      makeRoom()
    },
    conflicted(player) {
      if (!known.has(player)) return
      forget(player)
      share(player)
    },
    unsure: forget,
  }
}

const pick = <T>(all: ReadonlyMap<string, T>, ids: readonly string[]): Map<string, T> => {
  const found = new Map<string, T>()
  for (const id of ids) {
    const value = all.get(id)
    if (value !== undefined) found.set(id, value)
  }
  return found
}
