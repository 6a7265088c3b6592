/** A copy of everything that platforms are made of, in the namespaces that are watched, and of the platforms themselves. */

import { API_VERSION, KIND, PLURAL } from '@quizboard/cdk8s/crd/quiz-platform.ts'
import { MANAGED_KINDS } from '@quizboard/cdk8s/kinds/all.ts'
import { type Kind, kindOf } from '@quizboard/cdk8s/kinds/kind.ts'
import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { KindState, LiveObject } from '../domain/observed.ts'
import { MANAGED_BY } from '../domain/plan.ts'
import type { PlatformRef } from '../ports/cluster.ts'
import type { KubeHttp } from './kube-http.ts'
import { createListWatch, type ListWatch } from './list-watch.ts'
import type { ListWatchSettings, WatchState } from './list-watch-options.ts'
import type { Change } from './object-store.ts'
import { collectionPath } from './paths.ts'

export interface Watches {
  start(): void
  stop(): Promise<void>
  /** What is not known yet; empty: every copy is whole. */
  unsynced(): string[]
  platform(ref: PlatformRef): LiveObject | undefined
  /** `namespace/name` of all. */
  platformKeys(): string[]
  /** Objects of a platform, by its label. */
  objectsOf(ref: PlatformRef): LiveObject[]
  kindState(kind: Kind, namespace: string): KindState
}

export interface WatchesOptions {
  http: KubeHttp
  /** Empty: all. */
  namespaces: readonly string[]
  /** `namespace/name` of a platform that may have something to do. */
  onKey(key: string): void
  onState?(kind: Kind, namespace: string, state: WatchState): void
  onTrouble?(kind: Kind, namespace: string, error: unknown): void
  clock: Clock
  random: Random
  settings?: Partial<ListWatchSettings> | undefined
}

const platformKind = kindOf(API_VERSION, KIND, PLURAL)
const INSTANCE = 'app.kubernetes.io/instance'

export const createWatches = (options: WatchesOptions): Watches => {
  const { onKey, onState = () => {}, onTrouble = () => {} } = options
  const namespaces = options.namespaces.length === 0 ? [undefined] : options.namespaces
  const all = new Map<string, { kind: Kind; namespace: string | undefined; watch: ListWatch }>()
  const idOf = ({ apiVersion, kind }: Kind, namespace: string | undefined) => `${apiVersion}/${kind} ${namespace ?? ''}`

  const add = (
    kind: Kind,
    namespace: string | undefined,
    special: { selector?: string; onChange(change: Change): void },
  ) => {
    const { http, clock, random, settings } = options
    const watch = createListWatch({
      ...{ http, clock, random },
      path: collectionPath(kind, namespace),
      ...kind,
      ...(special.selector !== undefined && { labelSelector: special.selector }),
      ...(settings && { settings }),
      keep: kept(kind),
      onChange: special.onChange,
      onTrouble: (error) => onTrouble(kind, namespace ?? '', error),
      onState(state) {
        onState(kind, namespace ?? '', state)
        // A kind that came or went concerns every platform.
        for (const key of platformKeys()) onKey(key)
      },
    })
    all.set(idOf(kind, namespace), { kind, namespace, watch })
  }
  const copiesOf = (kind: Kind): ListWatch[] =>
    namespaces.flatMap((namespace) => all.get(idOf(kind, namespace))?.watch ?? [])
  const platformKeys = () =>
    copiesOf(platformKind).flatMap(({ objects }) =>
      [...objects.values()].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    )

  for (const namespace of namespaces) {
    add(platformKind, namespace, {
      onChange(change) {
        if (isNews(change)) onKey(`${change.object.metadata.namespace}/${change.object.metadata.name}`)
      },
    })
    for (const kind of MANAGED_KINDS)
      add(kind, namespace, {
        selector: `app.kubernetes.io/managed-by=${MANAGED_BY}`,
        onChange({ object: { metadata } }) {
          const instance = metadata.labels?.[INSTANCE]
          if (instance) onKey(`${metadata.namespace}/${instance}`)
        },
      })
  }

  return {
    start() {
      for (const { watch } of all.values()) watch.start()
    },
    async stop() {
      await Promise.all([...all.values()].map(({ watch }) => watch.stop()))
    },
    unsynced: () => [...all].filter(([, { watch }]) => watch.state === 'starting').map(([id]) => id.trim()),
    platform: ({ namespace, name }) =>
      copiesOf(platformKind)
        .map(({ objects }) => objects.get(`${namespace}/${name}`))
        .find((found) => found !== undefined),
    platformKeys,
    objectsOf: ({ namespace, name }) =>
      [...all.values()].flatMap(({ kind, watch }) =>
        kind === platformKind
          ? []
          : [...watch.objects.values()].filter(
              ({ metadata }) => metadata.namespace === namespace && metadata.labels?.[INSTANCE] === name,
            ),
      ),
    kindState(kind, namespace) {
      const found = all.get(idOf(kind, namespace)) ?? all.get(idOf(kind, undefined))
      return STATES[found?.watch.state ?? 'starting']
    },
  }
}

const STATES: Readonly<Record<WatchState, KindState>> = {
  starting: 'unknown',
  synced: 'served',
  missing: 'missing',
  forbidden: 'forbidden',
}

/** A status that we wrote ourselves is no news. */
const isNews = ({ object, before, gone }: Change): boolean => {
  if (gone || !before) return true
  const relevant = ({ metadata }: LiveObject) =>
    JSON.stringify([
      metadata.uid,
      metadata.generation,
      metadata.annotations,
      metadata.labels,
      metadata.deletionTimestamp,
    ])
  return relevant(object) !== relevant(before)
}

/** managedFields are most of an object's bytes; only of Deployments we look at them. */
const kept =
  (kind: Kind) =>
  (object: LiveObject): LiveObject => {
    if (kind === deployment) return object
    const { managedFields: _, ...metadata } = object.metadata
    return { ...object, metadata }
  }
