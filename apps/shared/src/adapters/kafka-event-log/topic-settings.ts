/** What each topic must be set to. The admin step and the Kubernetes operator make them by this one table. */
import { TOPICS } from '../../contracts/events.ts'

const MIB = 1024 * 1024
const WEEK_MS = 7 * 86_400_000
/** Records, keys and Kafka's own framing around them. */
const FRAMING_BYTES = 64 * 1024

const compacted = (recordMib: number) => ({
  'cleanup.policy': 'compact',
  'max.message.bytes': String(recordMib * MIB + FRAMING_BYTES),
})
const byTime = {
  'cleanup.policy': 'delete',
  'retention.ms': String(WEEK_MS),
  'max.message.bytes': String(MIB + FRAMING_BYTES),
}

/** What each topic must be set to. */
export const TOPIC_SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [TOPICS.definitions]: compacted(8),
  [TOPICS.lifecycle]: compacted(1),
  [TOPICS.players]: compacted(1),
  [TOPICS.scores]: byTime,
  [TOPICS.deadLetters]: byTime,
}
