/** A process of a test: appends to the event log of its first argument and says what is acknowledged, until it is killed. */
import { openSqliteEventLog } from '../adapters/sqlite-event-log/sqlite-event-log.ts'
import { systemClock } from '../kit/system.ts'

const file = process.argv[2] ?? ''
const log = await openSqliteEventLog({ file, partitions: 1, clock: systemClock })
const appendForever = async (writer: number) => {
  for (let i = 0; ; i++) {
    const value = `${writer}.${i}`
    const [position] = await log.append([{ topic: 't', key: null, value }])
    process.send?.({ offset: position?.offset, value })
  }
}
for (let writer = 0; writer < 5; writer++) void appendForever(writer)
