/** A store that we run ourselves: a StatefulSet of one pod. */
import { statefulSet } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { type Build, nameOf } from '@quizboard/cdk8s/platform/build.ts'
import { isObserved, liveOf, type Observed } from '../observed.ts'
import type { Store } from '../secret-needs.ts'
import { isReady, isUpdating, isWaiting, needsHelp, type StoreState } from './store-state.ts'

export const bundledState = (build: Build, store: Store, observed: Observed): StoreState => {
  const name = nameOf(build, store)
  const live = liveOf(observed, statefulSet, name)
  // biome-ignore lint/suspicious/noExplicitAny: a StatefulSet as the API server gives it.
  const image: unknown = (live?.spec as any)?.template?.spec?.containers?.[0]?.image
  const version = `bundled ${typeof image === 'string' ? image : store}`
  if (!live) return isWaiting(version, 'Creating', `StatefulSet ${name} is about to be made`)
  const { readyReplicas = 0, currentRevision, updateRevision } = live.status ?? {}
  if (readyReplicas >= 1)
    return isObserved(live) && currentRevision === updateRevision
      ? isReady(version, `pod ${name}-0 is ready (one server, not highly available)`)
      : isUpdating(version, `pod ${name}-0 is about to be replaced`)
  const trouble = observed.podTroubles.find(({ component }) => component === store)
  if (trouble?.needsHelp) return needsHelp(version, 'PodNotReady', `pod ${trouble.pod}: ${trouble.message}`)
  return isWaiting(version, 'Starting', `pod ${name}-0 is starting`)
}
