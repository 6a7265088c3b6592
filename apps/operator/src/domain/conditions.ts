/** Conditions as Kubernetes keeps them: the time is that of the last change of `status`, not of the last look. */
import { CONDITIONS, type Condition, type ConditionType } from '@quizboard/cdk8s/crd/status.ts'

export interface Verdict {
  status: 'True' | 'False' | 'Unknown'
  /** CamelCase. */
  reason: string
  message: string
}
export type Verdicts = Readonly<Record<ConditionType, Verdict>>

const MESSAGE_MAX = 4_000

/** Seconds are what the API machinery's times have. */
const timestamp = (now: number) => new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z')

/** In the order of the list, whatever was there before. */
export const conditionsOf = (
  verdicts: Verdicts,
  before: readonly Condition[],
  { now, generation }: { now: number; generation: number },
): Condition[] =>
  CONDITIONS.map((type) => {
    const { status, reason, message } = verdicts[type]
    const known = before.find((condition) => condition.type === type)
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: known?.status === status ? known.lastTransitionTime : timestamp(now),
      reason,
      message: message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}…` : message,
    }
  })

export const yes = (reason: string, message: string): Verdict => ({ status: 'True', reason, message })
export const no = (reason: string, message: string): Verdict => ({ status: 'False', reason, message })
