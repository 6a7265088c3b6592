import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { type DefinitionEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
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
  const definitions = createDefinitions({ eventLog, budget })
  return { definitions, records, reads: () => reads }
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
