/** Gives events that were sent once again, later and in another order, as a producer does that was not told they had arrived. */
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import type { Seeded } from '../../e2e/foreign/api.ts'

export interface Replayer {
  readonly replayed: number
  stop(): Promise<void>
}

interface Seen {
  key: Buffer | null
  value: Buffer
  partition: number
}

const KEPT = 2_000
const EVERY_MS = 500
const AT_ONCE = 20

/** `topics`: of ours, whose events carry a revision: those without one count each time that they are sent. */
export const startReplayer = async (options: {
  brokers: string
  topics: readonly string[]
  groupId: string
  random: Seeded
}): Promise<Replayer> => {
  const { brokers, topics, groupId, random } = options
  const kafka = new Kafka({ clientId: 'replayer', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId, retry: { retries: 60, restartOnFailure: async () => true } })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 1 } })
  const seen = new Map<string, Seen[]>(topics.map((topic) => [topic, []]))
  let replayed = 0
  await Promise.all([consumer.connect(), producer.connect()])
  await consumer.subscribe({ topics: [...topics], fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ topic, partition, message: { key, value } }) => {
      const kept = seen.get(topic)
      if (!kept || value === null) return
      if (kept.length < KEPT) kept.push({ key, value, partition })
      else kept[random.below(KEPT)] = { key, value, partition }
    },
  })
  const again = async () => {
    for (const [topic, kept] of seen) {
      if (kept.length === 0) continue
      const messages = Array.from({ length: AT_ONCE }, () => random.pick(kept))
      // Whether they arrive does not matter.
      await producer.send({ topic, messages, timeout: 2_000 }).then(
        () => {
          replayed += messages.length
        },
        () => {},
      )
    }
  }
  let stopped = false
  const loop = (async () => {
    while (!stopped) {
      await again()
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
  })()
  return {
    get replayed() {
      return replayed
    },
    async stop() {
      stopped = true
      await loop
      await Promise.all([consumer.disconnect(), producer.disconnect()])
    },
  }
}
