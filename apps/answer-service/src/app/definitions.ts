/**
 * Questions and keys by quiz_id, out of `quiz.definitions`: in memory within a budget, those used last; the others are read again
 * from the log, whose offsets are remembered.
 */
import { definitionEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { compileDefinition, type Definition } from '../domain/definition.ts'

interface Place {
  partition: number
  offset: number
}
interface Kept {
  definition: Definition
  /** Length of the event, as a measure of its memory. */
  size: number
}

export interface Definitions {
  /** Takes a record of the topic into memory; false: it is no definition. */
  apply(partition: number, record: StoredRecord): boolean
  /** Takes note of where a record is, to be read when it is needed: a log of many old quizzes costs no time at the start. */
  note(partition: number, record: StoredRecord): void
  /** If it is in memory. */
  get(quizId: string): Definition | undefined
  /** Reads it again if need be; undefined: none is known, or it is not there any more. */
  load(quizId: string): Promise<Definition | undefined>
}

export const createDefinitions = (options: {
  eventLog: EventLog
  /** Characters of the events whose definitions are kept; at least one is. */
  budget: number
}): Definitions => {
  const { eventLog, budget } = options
  const places = new Map<string, Place>()
  /** In the order of use. */
  const kept = new Map<string, Kept>()
  const loading = new Map<string, Promise<Definition | undefined>>()
  let used = 0

  const drop = (quizId: string) => {
    used -= kept.get(quizId)?.size ?? 0
    kept.delete(quizId)
  }
  const keep = (definition: Definition, size: number) => {
    drop(definition.quiz_id)
    kept.set(definition.quiz_id, { definition, size })
    used += size
    for (const quizId of kept.keys()) {
      if (used <= budget || kept.size === 1) break
      drop(quizId)
    }
  }
  /** Whether this record is the newest of its quiz that was seen. A batch may come again. */
  const isNewest = (quizId: string, partition: number, offset: number): boolean => {
    const known = places.get(quizId)
    if (known && known.partition === partition && known.offset > offset) return false
    places.set(quizId, { partition, offset })
    return true
  }
  const apply: Definitions['apply'] = (partition, { offset, value }) => {
    const definition = parseDefinition(value)
    if (!definition) return false
    if (isNewest(definition.quiz_id, partition, offset)) keep(definition, value.length)
    return true
  }
  const get: Definitions['get'] = (quizId) => {
    const found = kept.get(quizId)
    if (!found) return undefined
    kept.delete(quizId)
    kept.set(quizId, found)
    return found.definition
  }
  const read = async (quizId: string, place: Place): Promise<Definition | undefined> => {
    const record = await readRecord(eventLog, place)
    if (record && places.get(quizId)?.offset === place.offset) apply(place.partition, record)
    return get(quizId)
  }

  return {
    apply,
    note(partition, { offset, key }) {
      if (key !== null && isNewest(key, partition, offset)) drop(key)
    },
    get,
    async load(quizId) {
      const found = get(quizId)
      const place = places.get(quizId)
      if (found || !place) return found
      const before = loading.get(quizId)
      if (before) return before
      const reading = read(quizId, place).finally(() => loading.delete(quizId))
      loading.set(quizId, reading)
      return reading
    },
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
