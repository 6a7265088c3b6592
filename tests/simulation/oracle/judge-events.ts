/** The score events as they lie in the log: one for each revision, adding up to the total; and the foreign deltas among them. */
import type { StoredAnswer } from '@quizboard/answer-service/domain/player.ts'
import type { Stored } from '../facts.ts'
import type { World } from '../world.ts'
import type { ForeignDelta } from './expected-board.ts'

/** As the contract has it. */
export interface ScoreEvent {
  quiz_id: string
  user_id: string
  score: number
  question_id: string
  total: number
  seq: number
  revision: number
  answered_at: string
  reached_at?: string
}
export interface Events {
  /** What producers appended, and what was mended of dead letters; not what was moved to another partition. */
  foreign: readonly ForeignDelta[]
  /** Of each player, by revision. */
  own: ReadonlyMap<string, ReadonlyMap<number, ScoreEvent>>
}

export const judgeEvents = (world: World, quizId: string, docs: readonly StoredAnswer[]): Events => {
  const { log, violate } = world
  const foreign: ForeignDelta[] = []
  const own = new Map<string, Map<number, ScoreEvent>>()
  /** Places of dead letters whose mended event has come: another one counts nothing, whatever it says. */
  const mended = new Set<string>()
  for (const { value, timestamp, partition } of log.history('quiz.scores')) {
    const event = parse(value)
    if (!event || 'origin' in event) continue
    if (event.replay_of) {
      const { offset, timestamp: at, partition: lay } = event.replay_of
      const isNew = lay === partition && !mended.has(`${lay}/${offset}`)
      if (lay === partition) mended.add(`${lay}/${offset}`)
      if (isNew && event.quiz_id === quizId) foreign.push({ user_id: event.user_id, score: event.score, at })
      continue
    }
    if (event.quiz_id !== quizId) continue
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
    judgeTimes(world, user, events)
    if (total !== expected) violate('Q2.6', `the events of ${user} of ${quizId} add up to ${total}, not ${expected}`)
  }
  return { foreign, own }
}

/** An event has the time of its answer, and `seq` and `reached_at` of what is counted in its total. */
const judgeTimes = ({ facts, violate }: World, user: string, events: ReadonlyMap<number, ScoreEvent>) => {
  const stored = facts.stored.get(user) ?? new Map<number, Stored>()
  const answers = new Set([...stored.values()].map(({ questionId, at }) => `${questionId} ${at}`))
  // Of answers to one question in one commit only the last is stored.
  const isWhole = Math.max(0, ...stored.keys()) === stored.size
  let seq = 0
  let reached = 0
  for (const event of [...events.values()].sort((a, b) => a.revision - b.revision)) {
    const at = Date.parse(event.answered_at)
    if (isWhole && !answers.has(`${event.question_id} ${at}`))
      violate('Q12.2', `${JSON.stringify(event)}: there is no answer of this time`)
    if (event.seq < seq) violate('Q2.6', `${JSON.stringify(event)} comes after one of seq ${seq}`)
    seq = event.seq
    if (event.score !== 0) reached = Math.max(reached, at)
    if ((event.reached_at === undefined ? 0 : Date.parse(event.reached_at)) !== reached)
      violate('Q4.2', `${JSON.stringify(event)}: the total was reached at ${new Date(reached).toISOString()}`)
  }
}

type Parsed = Partial<ScoreEvent> & {
  quiz_id: string
  user_id: string
  score: number
  replay_of?: { partition: number; offset: number; timestamp: number }
}

const parse = (value: string): Parsed | undefined => {
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
