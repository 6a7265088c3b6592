/** Jobs that have to succeed before a version runs. */
import { conditionOf, type LiveObject, type PodTrouble } from './observed.ts'

export type JobState =
  | { state: 'absent' }
  | { state: 'running'; message: string; needsHelp: boolean }
  | { state: 'done' }
  /** `retryInMs`: until it is deleted, so that it is made again; 0: now. */
  | { state: 'failed'; message: string; retryInMs: number }

/** A Job that has failed is left for somebody to look at its pods; then it is tried again. */
export const RETRY_MS = 5 * 60_000

export const jobState = (job: LiveObject | undefined, troubles: readonly PodTrouble[], now: number): JobState => {
  if (!job || job.metadata.deletionTimestamp) return { state: 'absent' }
  if (conditionOf(job, 'Complete')?.status === 'True') return { state: 'done' }
  const failed = conditionOf(job, 'Failed')
  if (failed?.status === 'True') {
    const since = failed.lastTransitionTime === undefined ? now : Date.parse(failed.lastTransitionTime)
    return {
      state: 'failed',
      message: failed.message ?? failed.reason ?? 'no reason is known',
      retryInMs: Math.max(0, since + RETRY_MS - now),
    }
  }
  const component = job.metadata.labels?.['app.kubernetes.io/component']
  const trouble = troubles.find((one) => one.component === component)
  return trouble
    ? { state: 'running', message: `pod ${trouble.pod}: ${trouble.message}`, needsHelp: trouble.needsHelp }
    : { state: 'running', message: 'it is running', needsHelp: false }
}
