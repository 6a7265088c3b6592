import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { TOPICS } from '../../contracts/events.ts'
import type { EventLog, StoredRecord } from '../../ports/event-log.ts'
import { eventually } from '../../testing/eventually.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { openSqliteEventLog } from './sqlite-event-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'event-log-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const newFile = () => join(folder, `${files++}.sqlite`)
const DAY_MS = 86_400_000
const clock = createFakeClock(Date.UTC(2026, 0, 1))

const readAll = async (log: EventLog, topic: string, from = 0): Promise<StoredRecord[]> => {
  const seen: StoredRecord[] = []
  const partitions = Array.from({ length: log.partitions }, (_, p) => [p, from] as const)
  const consumer = await log.consume({
    topic,
    from: new Map(partitions),
    onBatch: async (_, records) => void seen.push(...records),
  })
  await consumer.caughtUp()
  await consumer.close()
  return seen
}

it('[Q10.4] another number of partitions than the file was made with is refused, whatever is in it', async () => {
  const file = newFile()
  await (await openSqliteEventLog({ file, partitions: 12, clock })).close()
  const other = openSqliteEventLog({ file, partitions: 6, clock })
  await expect(other).rejects.toThrow(/made with 12 partitions and cannot be opened with 6/)
  for (const partitions of [0, 1.5, 1_001])
    await expect(openSqliteEventLog({ file, partitions, clock })).rejects.toThrow(RangeError)
  const log = await openSqliteEventLog({ file, partitions: 12, clock })
  await log.close()
})
it('[Q10.1] a file that another process has open is refused with its name', async () => {
  const file = newFile()
  const log = await openSqliteEventLog({ file, partitions: 2, clock })
  await expect(openSqliteEventLog({ file, partitions: 2, clock })).rejects.toThrow(/in use by another process/)
  await log.close()
})
it('[Q9] what is past its time goes, oldest first; keys of compacted topics stay; offsets go on', async () => {
  const log = await openSqliteEventLog({ file: ':memory:', partitions: 2, clock, upkeepIntervalMs: 3_600_000 })
  const event = (value: string, topic: string = TOPICS.scores) => ({ topic, key: 'QUIZ', value, partition: 1 })
  await log.append(Array.from({ length: 1_000 }, (_, i) => event(`old ${i}`)))
  await log.append([event('kept', TOPICS.lifecycle)])
  await clock.advance(6 * DAY_MS)
  expect(await readAll(log, TOPICS.scores)).toHaveLength(1_000)
  const [young] = await log.append([event('young')])
  await clock.advance(DAY_MS + 7_200_000)
  // Records at the end may still be served from memory: what reads from the beginning asks the file.
  const left = await eventually('the old ones are gone', async () => {
    const records = await readAll(log, TOPICS.scores)
    return records.length === 1 ? records : undefined
  })
  expect(left[0]).toMatchObject({ value: 'young', offset: young?.offset })
  expect((await readAll(log, TOPICS.lifecycle)).map(({ value }) => value)).toEqual(['kept'])
  await log.close()
})
it('[Q9] a step of retention is small: appends and reads go on between the steps', async () => {
  const log = await openSqliteEventLog({ file: newFile(), partitions: 1, clock, retentionMs: 1_000 })
  for (let i = 0; i < 5; i++)
    await log.append(Array.from({ length: 4_000 }, () => ({ topic: TOPICS.scores, key: null, value: 'old' })))
  await clock.advance(40_000)
  await log.append([{ topic: TOPICS.scores, key: null, value: 'new' }])
  const seen = (await readAll(log, TOPICS.scores)).map(({ value }) => value)
  expect(seen.length).toBeGreaterThan(1)
  expect(seen.at(-1)).toBe('new')
  await log.close()
})
it('[Q1.1] SIGKILL in the middle of appending loses nothing that was acknowledged', async () => {
  const file = newFile()
  const child = fork(new URL('../../testing/append-until-killed.ts', import.meta.url), [file], { execArgv: [] })
  const acknowledged: { offset: number; value: string }[] = []
  child.on('message', (message: { offset: number; value: string }) => {
    acknowledged.push(message)
    if (acknowledged.length === 50) child.kill('SIGKILL')
  })
  await once(child, 'exit')
  const log = await openSqliteEventLog({ file, partitions: 1, clock })
  const byOffset = new Map((await readAll(log, 't')).map(({ offset, value }) => [offset, value]))
  for (const { offset, value } of acknowledged) expect(byOffset.get(offset)).toBe(value)
  await log.append([{ topic: 't', key: null, value: 'after' }])
  await log.close()
})
