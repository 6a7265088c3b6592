/** The score events as they lie in the log: one for each revision, adding up to the total; and the foreign deltas among them. */
import type { StoredAnswer } from '@quizboard/answer-service/domain/player.ts'
import type { World } from '../world.ts'
import type { ForeignDelta } from './expected-board.ts'

/** As the contract has it. */
export interface ScoreEvent {
  quiz_id: string
  user_id: string
  score: number
  total: number
  seq: number
  revision: number
  answered_at: string
}
export interface Events {
  /** What producers appended, not what was moved to another partition. */
  foreign: readonly ForeignDelta[]
  /** Of each player, by revision. */
  own: ReadonlyMap<string, ReadonlyMap<number, ScoreEvent>>
}

export const judgeEvents = ({ log, violate }: World, quizId: string, docs: readonly StoredAnswer[]): Events => {
  const foreign: ForeignDelta[] = []
  const own = new Map<string, Map<number, ScoreEvent>>()
  for (const { value, timestamp } of log.history('quiz.scores')) {
    const event = parse(value)
    if (event?.quiz_id !== quizId) continue
    if ('origin' in event) continue
    if (event.revision === undefined) {
      foreign.push({ user_id: event.user_id, score: event.score, at: timestamp })
      continue
    }
    const events = own.get(event.user_id) ?? new Map<number, ScoreEvent>()
    own.set(event.user_id, events)
    const other = events.get(event.revision)
    if (other && JSON.stringify(other) !== JSON.stringify(event))
      violate('Q3.1', `two events of revision ${event.revision}: ${JSON.stringify(other)} and ${value}`)
    events.set(event.revision, event as ScoreEvent)
  }
  const users = new Set([...own.keys(), ...docs.map(({ user_id }) => user_id)])
  for (const user of users) {
    const events = own.get(user) ?? new Map<number, ScoreEvent>()
    const expected = docs.reduce((total, doc) => total + (doc.user_id === user ? doc.score : 0), 0)
    let total = 0
    for (let revision = 1; revision <= events.size; revision++) {
      const event = events.get(revision)
      if (!event) violate('Q3.4', `${user} of ${quizId} has no event of revision ${revision}`)
      total += event?.score ?? 0
      if (event && event.total !== total) violate('Q2.6', `${JSON.stringify(event)}: the scores add up to ${total}`)
    }
    if (total !== expected) violate('Q2.6', `the events of ${user} of ${quizId} add up to ${total}, not ${expected}`)
  }
  return { foreign, own }
}

const parse = (
  value: string,
): (Partial<ScoreEvent> & { quiz_id: string; user_id: string; score: number }) | undefined => {
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed !== 'object' || parsed === null || !('quiz_id' in parsed) || !('user_id' in parsed))
      return undefined
    const { score } = parsed as { score?: unknown }
    return Number.isInteger(score) ? (parsed as ScoreEvent) : undefined
  } catch {
    return undefined
  }
}
