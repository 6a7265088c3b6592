import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventLogContract } from '../../ports/event-log.contract.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { openSqliteEventLog } from './sqlite-event-log.ts'

const harnessOf = async (file: string) => {
  const clock = createFakeClock(Date.UTC(2026, 0, 1))
  return {
    open: () => openSqliteEventLog({ file, partitions: 12, clock }),
    pass: (ms: number) => clock.advance(ms),
    compacts: true,
  }
}

eventLogContract('SQLite in a worker, on a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'event-log-'))
  return {
    ...(await harnessOf(join(folder, 'events.sqlite'))),
    persists: true,
    cleanUp: () => rm(folder, { recursive: true }),
  }
})
eventLogContract('SQLite in memory', async () => ({ ...(await harnessOf(':memory:')), persists: false }))
