/**
 * Questions and keys by quiz_id, out of `quiz.definitions`, with what the host has corrected since: in memory within a budget,
 * those used last; the others are read again from the log, whose offsets are remembered.
 */
import { definitionEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import type { Correction } from '../domain/correction.ts'
import { compileDefinition, correctDefinition, type Definition } from '../domain/definition.ts'

interface Place {
  partition: number
  offset: number
}
interface Made {
  /** Without corrections. */
  made: Definition
  /** Length of the event, as a measure of its memory. */
  size: number
}
interface Kept extends Made {
  /** As corrected; undefined: the corrections have to be read anew. */
  definition: Definition | undefined
}
/** Under way; revoked by taking it out of the map. */
interface Reading {
  result: Promise<Definition | undefined>
}

export interface Definitions {
  /** Takes a record of the topic, into memory if it is the quiz's first; false: it is no definition. */
  apply(partition: number, record: StoredRecord): boolean
  /** Takes note of where a record is, to be read when it is needed: a log of many old quizzes costs no time at the start. */
  note(partition: number, record: StoredRecord): void
  /** If it is in memory. */
  get(quizId: string): Definition | undefined
  /** Reads it again if need be; undefined: none is known, or it is not there any more. */
  load(quizId: string): Promise<Definition | undefined>
  /** Changes when a newer record of it is seen; undefined: none is known. */
  offset(quizId: string): number | undefined
  /** From now on only what is read anew counts, with its corrections: of one quiz, or of all. */
  revoke(quizId?: string): void
}

export const createDefinitions = (options: {
  eventLog: EventLog
  /** Characters of the events whose definitions are kept; at least one is. */
  budget: number
  /** Of a quiz, as stored now. */
  corrections(quizId: string): Promise<Correction[]>
}): Definitions => {
  const { eventLog, budget, corrections } = options
  const places = new Map<string, Place>()
  /** In the order of use. */
  const kept = new Map<string, Kept>()
  const loading = new Map<string, Reading>()
  let used = 0

  const drop = (quizId: string) => {
    used -= kept.get(quizId)?.size ?? 0
    kept.delete(quizId)
  }
  const keep = (one: Kept) => {
    const { quiz_id } = one.made
    drop(quiz_id)
    kept.set(quiz_id, one)
    used += one.size
    for (const quizId of kept.keys()) {
      if (used <= budget || kept.size === 1) break
      drop(quizId)
    }
  }
  /** Takes note of a record, and whether it is newer than all of its quiz that were seen, or the first. A batch may come again. */
  const note = (quizId: string, partition: number, offset: number): 'first' | 'newer' | 'known' => {
    const known = places.get(quizId)
    if (known && known.partition === partition && known.offset >= offset) return 'known'
    places.set(quizId, { partition, offset })
    return known ? 'newer' : 'first'
  }
  const revoke: Definitions['revoke'] = (quizId) => {
    for (const [id, one] of kept) if (quizId === undefined || id === quizId) one.definition = undefined
    if (quizId === undefined) loading.clear()
    else loading.delete(quizId)
  }
  /** There is a newer record of it. */
  const forget = (quizId: string) => {
    drop(quizId)
    revoke(quizId)
  }
  const get: Definitions['get'] = (quizId) => {
    const found = kept.get(quizId)
    if (!found?.definition) return undefined
    kept.delete(quizId)
    kept.set(quizId, found)
    return found.definition
  }
  const read = async (quizId: string, place: Place, isRevoked: () => boolean) => {
    // The log may be away: it is not asked for what is here.
    const found = kept.get(quizId) ?? (await readMade(eventLog, place))
    const definition = found && correctDefinition(found.made, await corrections(quizId))
    if (isRevoked()) return load(quizId)
    if (found && definition) keep({ made: found.made, size: found.size, definition })
    return definition
  }
  const load: Definitions['load'] = async (quizId) => {
    const found = get(quizId)
    const place = places.get(quizId)
    if (found || !place) return found
    const before = loading.get(quizId)
    if (before) return before.result
    const isRevoked = () => loading.get(quizId) !== reading
    const reading: Reading = {
      result: Promise.resolve()
        .then(() => read(quizId, place, isRevoked))
        .finally(() => {
          if (!isRevoked()) loading.delete(quizId)
        }),
    }
    loading.set(quizId, reading)
    return reading.result
  }

  return {
    apply(partition, { offset, value }) {
      const made = parseDefinition(value)
      if (!made) return false
      const { quiz_id } = made
      const seen = note(quiz_id, partition, offset)
      // What may have been corrected is read when it is needed.
      if (seen === 'first') keep({ made, size: value.length, definition: made })
      else if (seen === 'newer') forget(quiz_id)
      return true
    },
    note(partition, { offset, key }) {
      if (key !== null && note(key, partition, offset) !== 'known') forget(key)
    },
    get,
    load,
    offset: (quizId) => places.get(quizId)?.offset,
    revoke,
  }
}

const parseDefinition = (value: string): Definition | undefined => {
  try {
    const parsed = definitionEvent.safeParse(JSON.parse(value))
    return parsed.success ? compileDefinition(parsed.data) : undefined
  } catch {
    return undefined
  }
}

const readMade = async (eventLog: EventLog, place: Place): Promise<Made | undefined> => {
  const record = await readRecord(eventLog, place)
  const made = record && parseDefinition(record.value)
  return made && { made, size: record.value.length }
}

/** The record at `place`; undefined: it is gone (a newer one of its key is there, or on its way to us). */
const readRecord = async (eventLog: EventLog, { partition, offset }: Place): Promise<StoredRecord | undefined> => {
  let take: (records: readonly StoredRecord[]) => void = () => {}
  const first = new Promise<readonly StoredRecord[]>((resolve) => {
    take = resolve
  })
  const consumer = await eventLog.consume({
    topic: TOPICS.definitions,
    from: new Map([[partition, offset]]),
    onBatch: async (_, records) => take(records),
  })
  try {
    const records = await Promise.race([first, consumer.caughtUp()])
    return records?.find((record) => record.offset === offset)
  } finally {
    await consumer.close()
  }
}
