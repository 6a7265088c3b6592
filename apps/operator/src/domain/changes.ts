/** What has to be applied and what has to go, so that the cluster holds what is wanted. */
import type { QuizPlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { kindOfObject } from '@quizboard/cdk8s/kinds/all.ts'
import type { KubeObject } from '@quizboard/cdk8s/kinds/kind.ts'
import { digest } from '@quizboard/cdk8s/workloads/runtime.ts'
import { covers } from './covers.ts'
import { idOf, type LiveObject, type Observed } from './observed.ts'

/** Of the whole wanted object, on the object itself: it shows what went from it, which the fields cannot. */
export const OBJECT_HASH = 'quizboard.dev/object-hash'

export interface Removal {
  apiVersion: string
  kind: string
  name: string
  /** Only this very object goes, not one that was made in its place. */
  uid: string
}

export interface Changes {
  apply: readonly KubeObject[]
  remove: readonly Removal[]
  /** Of `apply`, what somebody else had changed: kind/name. */
  mended: readonly string[]
}

export interface ChangeOptions {
  /** Not now: it stays as it is. */
  isHeld(object: KubeObject): boolean
  /** kind/name of what stays although it is not among what is wanted now. */
  kept: readonly string[]
  /** Names of Jobs that go, so that they are made again. */
  failedJobs: readonly string[]
}

export const changesOf = (
  platform: QuizPlatform,
  desired: readonly KubeObject[],
  observed: Observed,
  { isHeld, kept, failedJobs }: ChangeOptions,
): Changes => {
  const wanted = new Set(desired.map(idOf))
  const possible = desired.filter((object) => observed.kindState(kindOfObject(object)) !== 'missing' && !isHeld(object))
  const apply: KubeObject[] = []
  const mended: string[] = []
  for (const object of possible.map(withHash)) {
    const live = observed.objects.get(idOf(object))
    const sameWish = live?.metadata.annotations?.[OBJECT_HASH] === object.metadata.annotations?.[OBJECT_HASH]
    if (live && sameWish && covers(live, object)) continue
    // On its way out: it is made again once it is gone.
    if (live?.metadata.deletionTimestamp) continue
    apply.push(object)
    if (live && sameWish) mended.push(`${object.kind} ${object.metadata.name}`)
  }
  const remove = [...observed.objects.values()]
    .filter((live) => !live.metadata.deletionTimestamp && isOurs(live, platform))
    .filter((live) => !kept.includes(`${live.kind}/${live.metadata.name}`))
    .filter((live) => !wanted.has(idOf(live)) || (live.kind === 'Job' && failedJobs.includes(live.metadata.name)))
    .map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' }))
  return { apply, remove, mended }
}

const withHash = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { ...object.metadata.annotations, [OBJECT_HASH]: digest(JSON.stringify(object)) },
  },
})

/**
 * Only what refers to this very platform as its owner may go, and nothing of a kind that keeps data: under Retain that has no owner,
 * under Delete Kubernetes collects it with the platform.
 */
const isOurs = (live: LiveObject, { metadata: { uid } }: QuizPlatform): boolean =>
  (live.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid) && !kindOfObject(live).data
