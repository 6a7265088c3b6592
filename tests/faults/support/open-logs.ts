/** Opens the event log again and again at several places for `MS`, and reads a topic to its end each time; then says `all open`. */
import { openKafkaEventLog } from '@quizboard/shared/adapters/kafka-event-log/kafka-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'

const { KAFKA_BROKERS = '', TOPIC_PREFIX = '', PARTITIONS, MS } = process.env
const PLACES = 6
const partitions = Number(PARTITIONS)

const openOnce = async () => {
  const log = await openKafkaEventLog({
    ...{ clock, random, partitions, clientId: 'test', topicPrefix: TOPIC_PREFIX },
    brokers: KAFKA_BROKERS.split(','),
    readers: { [TOPICS.lifecycle]: 1 },
  })
  const from = new Map(Array.from({ length: partitions }, (_, partition) => [partition, 0]))
  const consumer = await log.consume({ topic: TOPICS.lifecycle, from, onBatch: async () => {} })
  // Its caller tries again, too.
  for (let left = 20; ; left--) {
    const isDone = await consumer.caughtUp().then(
      () => true,
      () => false,
    )
    if (isDone || left === 0) break
  }
  await log.close()
}

const end = Date.now() + Number(MS)
await Promise.all(
  Array.from({ length: PLACES }, async () => {
    while (Date.now() < end) await openOnce()
  }),
)
console.log('all open')
process.exit(0)
