import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemClock } from '../kit/system.ts'
import { eventLogContract } from '../ports/event-log.contract.ts'
import { createMemoryEventLog } from './memory-event-log.ts'
import { openSqliteEventLog } from './sqlite-event-log/sqlite-event-log.ts'

const clock = systemClock
const folder = mkdtempSync(join(tmpdir(), 'quizboard-log-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const nextFile = () => join(folder, `log-${files++}.sqlite`)

eventLogContract('memory', () => ({ open: async (partitions) => createMemoryEventLog({ partitions, clock }) }))
eventLogContract('SQLite in memory', () => ({
  open: (partitions) => openSqliteEventLog({ file: ':memory:', partitions, clock }),
}))
eventLogContract('SQLite in a worker', () => {
  const file = nextFile()
  const open = (partitions: number) => openSqliteEventLog({ file, partitions, clock })
  return { open, reopen: open }
})

it('refuses another number of partitions than its file has', async () => {
  const file = nextFile()
  await (await openSqliteEventLog({ file, partitions: 4, clock })).close()
  await expect(openSqliteEventLog({ file, partitions: 5, clock })).rejects.toThrow(/4 partitions.*5/)
})

it('[Q10.1] refuses a file that is open elsewhere', async () => {
  const file = nextFile()
  const log = await openSqliteEventLog({ file, partitions: 4, clock })
  await expect(openSqliteEventLog({ file, partitions: 4, clock })).rejects.toThrow(/another process/)
  await log.close()
})
