/** What could not be understood or applied, as it lies in the dead-letter topic. */
import { z } from 'zod'

export const deadLetter = z.object({
  /** One word for machines. */
  reason: z.string(),
  /** A sentence for people. */
  detail: z.string(),
  /** Of the record. */
  topic: z.string(),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative(),
  timestamp: z.int(),
  key: z.string().nullable(),
  /** Cut. */
  value: z.string(),
})
export type DeadLetter = z.infer<typeof deadLetter>

/** `topic partition/offset`: the record that the letter is about. */
export const placeOf = ({ topic, partition, offset }: Pick<DeadLetter, 'topic' | 'partition' | 'offset'>): string =>
  `${topic} ${partition}/${offset}`
