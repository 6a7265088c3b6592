/** What is worth an Event: conditions that turn, things that were put right. Who looks at the platform later sees why. */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import type { Condition, QuizPlatformStatus } from '@quizboard/cdk8s/crd/status.ts'
import type { Changes } from './changes.ts'

export interface PlannedEvent {
  type: 'Normal' | 'Warning'
  /** CamelCase, as in a condition. */
  reason: string
  /** What the operator was doing. */
  action: string
  note: string
}

const NOTE_MAX = 1_000
const shortened = (text: string) => (text.length > NOTE_MAX ? `${text.slice(0, NOTE_MAX - 1)}…` : text)

/** Conditions where True is the trouble. */
const ABNORMAL = new Set(['Stalled', 'Paused'])

export const eventsOf = (
  { status: before }: Pick<QuizPlatform, 'status'>,
  after: QuizPlatformStatus,
  { mended, remove }: Changes,
): PlannedEvent[] => {
  const known = new Map((before?.conditions ?? []).map((condition) => [condition.type, condition]))
  const turned = (after.conditions ?? []).flatMap((condition) => turn(known.get(condition.type), condition))
  return [
    ...turned,
    ...(mended.length > 0 ? [did('Mended', 'Apply', `put right what was changed: ${mended.join(', ')}`)] : []),
    ...(remove.length > 0
      ? [did('Removed', 'Delete', `no longer wanted: ${remove.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`)]
      : []),
  ]
}

const did = (reason: string, action: string, note: string): PlannedEvent => ({
  type: 'Normal',
  reason,
  action,
  note: shortened(note),
})

/** Reconciling comes and goes with every change: it says nothing by itself. */
const turn = (before: Condition | undefined, { type, status, reason, message }: Condition): PlannedEvent[] => {
  if (type === 'Reconciling' || before?.status === status) return []
  const isTrue = status === 'True'
  const isTrouble = isTrue === ABNORMAL.has(type)
  // At the beginning nothing is ready, and nothing is paused: that is no news.
  if (!before && !(isTrue && ABNORMAL.has(type))) return []
  const not = type.endsWith('Ready') ? type.replace(/Ready$/, 'NotReady') : `Not${type}`
  return [
    {
      type: isTrouble && type !== 'Paused' ? 'Warning' : 'Normal',
      reason: isTrue ? type : not,
      action: 'Reconcile',
      note: shortened(`${reason}: ${message}`),
    },
  ]
}
