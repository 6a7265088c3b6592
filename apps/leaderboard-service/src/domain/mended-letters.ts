/** Dead letters that somebody has mended: what to send again, and where to. */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import { z } from 'zod'
import { type DeadLetter, placeOf } from './dead-letter.ts'
import { parsePlayerRecord } from './player-records.ts'
import { type Malformed, problemsOf } from './records.ts'
import { parseScoreRecord, type ReplayedScoreEvent } from './score-records.ts'

/** Of a file of mended letters: one line each. `mended` null: it is left as it is. */
const line = z.object({
  topic: z.string(),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
  mended: z.union([z.string(), z.record(z.string(), z.unknown())]).nullable(),
})
type Line = z.infer<typeof line>

export interface LineProblem {
  /** From 1. */
  line: number
  detail: string
}
export interface Sending {
  topic: string
  partition: number
  key: string
  value: string
}
/** What counts once by its letter, and so can be waited for. */
export interface Counted {
  partition: number
  offset: number
}
export interface Replay {
  sendings: readonly Sending[]
  counted: readonly Counted[]
  /** Lines whose `mended` is null. */
  left: number
  problems: readonly LineProblem[]
}

/** `text`: JSON Lines. Nothing of it may be sent if there are problems. */
export const planReplay = (text: string, letters: ReadonlyMap<string, DeadLetter>, partitions: number): Replay => {
  const replay = { sendings: [] as Sending[], counted: [] as Counted[], left: 0, problems: [] as LineProblem[] }
  const seen = new Set<string>()
  for (const [i, each] of text.split('\n').entries()) {
    if (each.trim() === '') continue
    const problem = (detail: string) => void replay.problems.push({ line: i + 1, detail })
    const parsed = parseLine(each)
    if (typeof parsed === 'string') {
      problem(parsed)
      continue
    }
    const place = placeOf(parsed)
    const letter = letters.get(place)
    if (!letter) problem(`no dead letter is about ${place}`)
    else if (seen.has(place)) problem(`${place} is there twice`)
    else if (parsed.mended === null) replay.left++
    else {
      const value = typeof parsed.mended === 'string' ? parsed.mended : JSON.stringify(parsed.mended)
      const sending = sendingOf(letter, value, partitions)
      if ('reason' in sending) problem(`mended: ${sending.detail}`)
      else {
        replay.sendings.push(sending.sending)
        if (sending.counted) replay.counted.push(sending.counted)
      }
    }
    seen.add(place)
  }
  return replay
}

const parseLine = (text: string): Line | string => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return `is not JSON: ${(error as Error).message}`
  }
  const parsed = line.safeParse(json)
  return parsed.success ? parsed.data : problemsOf(parsed.error)
}

/**
 * A foreign delta goes to where its letter's record lay, so that it counts once however often it is sent; what is idempotent by itself
 * (our own events, joins) to its quiz's partition.
 */
const sendingOf = (
  { topic, partition, offset, timestamp }: DeadLetter,
  value: string,
  partitions: number,
): { sending: Sending; counted?: Counted } | Malformed => {
  if (topic === TOPICS.players) {
    const record = parsePlayerRecord(value)
    if (record.kind === 'malformed') return record
    const { quizId, join } = record
    return { sending: { topic, partition: partitionOf(quizId, partitions), key: `${quizId}/${join.userId}`, value } }
  }
  const record = parseScoreRecord(value)
  if (record.kind === 'malformed') return record
  const { quizId } = record
  if (record.kind === 'own')
    return { sending: { topic, partition: partitionOf(quizId, partitions), key: quizId, value } }
  const { user_id, score } = record.kind === 'foreign' ? { user_id: record.userId, score: record.score } : record.event
  const event: ReplayedScoreEvent = { quiz_id: quizId, user_id, score, replay_of: { partition, offset, timestamp } }
  return { sending: { topic, partition, key: quizId, value: JSON.stringify(event) }, counted: { partition, offset } }
}
