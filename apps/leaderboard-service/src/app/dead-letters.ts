/** What could not be understood or applied, on its way to the dead-letter topic. */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { AppendRecord, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { DeadLetter } from '../domain/dead-letter.ts'

const VALUE_LIMIT = 10_000
const KEY_LIMIT = 200

/** Key and value are cut, and what the cut may break of a character is mended. */
export const deadLetter = (
  topic: string,
  partition: number,
  { offset, timestamp, key, value }: StoredRecord,
  { reason, detail }: { reason: string; detail: string },
): DeadLetter => ({
  reason,
  detail,
  topic,
  partition,
  offset,
  timestamp,
  key: key === null ? null : key.slice(0, KEY_LIMIT).toWellFormed(),
  value: value.slice(0, VALUE_LIMIT).toWellFormed(),
})

export const deadLetterRecord = (letter: DeadLetter): AppendRecord => ({
  topic: TOPICS.deadLetters,
  partition: letter.partition,
  key: letter.key,
  value: JSON.stringify(letter),
})
