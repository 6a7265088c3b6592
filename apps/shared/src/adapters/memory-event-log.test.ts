import { eventLogContract } from '../ports/event-log.contract.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createSeededRandom } from '../testing/seeded-random.ts'
import { createMemoryEventLog } from './memory-event-log.ts'

eventLogContract('memory', async () => {
  const clock = createFakeClock(Date.UTC(2026, 0, 1))
  return {
    open: async () => createMemoryEventLog({ partitions: 12, clock }),
    persists: false,
    compacts: false,
    pass: (ms) => clock.advance(ms),
  }
})

eventLogContract('memory, with the faults of real servers', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  console.info(`faults by seed ${seed}`)
  const clock = createFakeClock(Date.UTC(2026, 0, 1))
  return {
    open: async () => createMemoryEventLog({ partitions: 12, clock, faults: createSeededRandom(seed) }),
    persists: false,
    compacts: false,
    repeats: true,
    pass: (ms) => clock.advance(ms),
  }
})
