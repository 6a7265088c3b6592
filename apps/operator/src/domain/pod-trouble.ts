/** Why a pod is not ready, for the message of a condition. */
import { conditionOf, type LiveObject, type PodTrouble } from './observed.ts'

/** Reasons of the kubelet that do not pass by themselves. */
const NEEDS_HELP = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'CrashLoopBackOff',
])
const MESSAGE_MAX = 300

/** One for each pod that is in trouble; pods that are merely starting are not. */
export const podTroubles = (pods: readonly LiveObject[]): PodTrouble[] =>
  pods.flatMap((pod) => {
    const trouble = pod.metadata.deletionTimestamp ? undefined : troubleOf(pod)
    const component = pod.metadata.labels?.['app.kubernetes.io/component']
    return trouble && component ? [{ component, pod: pod.metadata.name, ...trouble }] : []
  })

const troubleOf = (pod: LiveObject): Pick<PodTrouble, 'message' | 'needsHelp'> | undefined => {
  const scheduled = conditionOf(pod, 'PodScheduled')
  if (scheduled?.status === 'False') return say(`${scheduled.reason}: ${scheduled.message}`, true)
  const statuses: unknown[] = [...list(pod.status?.initContainerStatuses), ...list(pod.status?.containerStatuses)]
  for (const status of statuses) {
    // biome-ignore lint/suspicious/noExplicitAny: a container's status as the API server gives it.
    const { state, lastState } = status as any
    const waiting = state?.waiting
    if (!NEEDS_HELP.has(waiting?.reason)) continue
    // Why it crashed says more than that it is waited for.
    const died = lastState?.terminated
    if (died) return say(`${waiting.reason}: exit code ${died.exitCode}`, true, died.message)
    return say(`${waiting.reason}${waiting.message ? `: ${waiting.message}` : ''}`, true)
  }
  return undefined
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** `log`: the end of it, where the cause is most likely. */
const say = (message: string, needsHelp: boolean, log?: string) => {
  const [line, end] = [message, log ?? ''].map((text) => text.replaceAll(/\s+/g, ' ').trim()) as [string, string]
  if (!end) return { message: line.length > MESSAGE_MAX ? `${line.slice(0, MESSAGE_MAX - 1)}…` : line, needsHelp }
  return { message: `${line}, ${end.length > MESSAGE_MAX ? `…${end.slice(1 - MESSAGE_MAX)}` : end}`, needsHelp }
}
