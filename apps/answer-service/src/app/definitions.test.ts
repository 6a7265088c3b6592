import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type DefinitionEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import type { Correction } from '../domain/correction.ts'
import { definitionEvent, T0 } from '../testing/samples.ts'
import { createDefinitions } from './definitions.ts'

const start = async (budget: number, events: readonly DefinitionEvent[]) => {
  const log = createMemoryEventLog({ partitions: 1, clock: createFakeClock(T0) })
  let reads = 0
  const eventLog: EventLog = {
    ...log,
    consume(options) {
      reads++
      return log.consume(options)
    },
  }
  const records = events.map(
    (event, offset): StoredRecord => ({ offset, timestamp: T0, key: event.quiz_id, value: JSON.stringify(event) }),
  )
  await log.append(records.map(({ key, value }) => ({ topic: TOPICS.definitions, key, value })))
  const stored: Correction[] = []
  let isReading = Promise.resolve()
  const definitions = createDefinitions({
    eventLog,
    budget,
    async corrections(quizId) {
      const now = stored.filter(({ quiz_id }) => quiz_id === quizId)
      await isReading
      return now
    },
  })
  const correct = (answer: string) => {
    stored.splice(0, 1, { quiz_id: 'A', question_id: 'q1', revision: stored.length + 1, answer, accept: [] })
  }
  return {
    ...{ definitions, records, correct, reads: () => reads },
    /** Reads of corrections that begin now do not end before `until`. */
    slow(until: Promise<void>) {
      isReading = until
    },
  }
}
const pick = (records: readonly StoredRecord[], i: number): StoredRecord => {
  const record = records[i]
  if (!record) throw new Error(`no record ${i}`)
  return record
}

it('[Q9] those used last stay in memory, within the budget; the others are read again, once for all who ask', async () => {
  const events = ['A', 'B', 'C'].map((id) => definitionEvent(id))
  const { definitions, records, reads } = await start(JSON.stringify(events[0]).length * 2, events)
  for (const record of records) expect(definitions.apply(0, record)).toBe(true)
  expect(['A', 'B', 'C'].map((id) => definitions.get(id)?.quiz_id)).toEqual([undefined, 'B', 'C'])
  definitions.get('B')
  const loaded = await Promise.all([definitions.load('A'), definitions.load('A'), definitions.load('B')])
  expect(loaded.map((definition) => definition?.quiz_id)).toEqual(['A', 'A', 'B'])
  expect(reads()).toBe(1)
  expect(definitions.get('C')).toBeUndefined()
  expect(await definitions.load('nobody')).toBeUndefined()
})

it('one that is larger than the budget is kept as long as it is the last', async () => {
  const { definitions, records } = await start(1, [definitionEvent('A'), definitionEvent('B')])
  definitions.apply(0, pick(records, 0))
  expect(definitions.get('A')).toBeDefined()
  definitions.apply(0, pick(records, 1))
  expect(['A', 'B'].map((id) => definitions.get(id)?.quiz_id)).toEqual([undefined, 'B'])
})

it('[Q3.1] a record that comes again after a newer one of its quiz changes nothing', async () => {
  const events = [definitionEvent('A', {}, 2), definitionEvent('A', {}, 3)]
  const { definitions, records } = await start(1_000_000, events)
  definitions.apply(0, pick(records, 1))
  definitions.apply(0, pick(records, 0))
  definitions.note(0, pick(records, 0))
  expect(definitions.get('A')?.questions).toHaveLength(3)
  definitions.apply(0, pick(records, 1))
  expect(definitions.get('A')?.questions).toHaveLength(3)
})

it('[Q10.2] what is only noted is read when it is needed', async () => {
  const { definitions, records, reads } = await start(1_000_000, [
    definitionEvent('A', {}, 2),
    definitionEvent('A', {}, 3),
  ])
  for (const record of records) definitions.note(0, record)
  expect(definitions.get('A')).toBeUndefined()
  expect((await definitions.load('A'))?.questions).toHaveLength(3)
  expect(definitions.get('A')?.questions).toHaveLength(3)
  expect(reads()).toBe(1)
})

it('[Q3.5] what is no definition is refused', async () => {
  const { definitions } = await start(1, [])
  for (const value of ['', '{', 'null', '{"quiz_id":"A"}'])
    expect(definitions.apply(0, { offset: 0, timestamp: T0, key: 'A', value })).toBe(false)
})

const keyOf = (definition: { byId: ReadonlyMap<string, { key: string }> } | undefined) =>
  definition?.byId.get('q1')?.key

it('[Q12.1] a corrected key is found once the definition is revoked, also after its record has come again', async () => {
  const { definitions, records, correct, reads } = await start(1_000_000, [definitionEvent('A'), definitionEvent('A')])
  definitions.apply(0, pick(records, 0))
  expect(keyOf(definitions.get('A'))).toBe('right1')
  correct('wrong1')
  definitions.revoke('A')
  expect(definitions.get('A')).toBeUndefined()
  expect(keyOf(await definitions.load('A'))).toBe('wrong1')
  expect(keyOf(definitions.get('A'))).toBe('wrong1')
  // Corrections lie in the store: the log, which may be away, is not asked again.
  expect(reads()).toBe(0)
  definitions.apply(0, pick(records, 1))
  expect(definitions.get('A')).toBeUndefined()
  expect(keyOf(await definitions.load('A'))).toBe('wrong1')
})

it.each(['A', undefined])('[Q12.1] a reading that a revocation overtakes begins anew (%s)', async (revoked) => {
  const { definitions, records, correct, slow } = await start(1_000_000, [definitionEvent('A')])
  definitions.note(0, pick(records, 0))
  let go = () => {}
  slow(
    new Promise((resolve) => {
      go = resolve
    }),
  )
  const reading = definitions.load('A')
  await new Promise((resolve) => setImmediate(resolve))
  correct('wrong1')
  definitions.revoke(revoked)
  const second = definitions.load('A')
  go()
  expect(await Promise.all([reading, second].map(async (each) => keyOf(await each)))).toEqual(['wrong1', 'wrong1'])
  expect(keyOf(definitions.get('A'))).toBe('wrong1')
})
