/** How a list-watch is told what to copy, and how patient to be. */
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import type { LiveObject } from '../domain/observed.ts'
import type { KubeHttp } from './kube-http.ts'
import type { Change } from './object-store.ts'

/**
 * `starting`: not listed yet. `synced`: the copy was whole at some moment, and is kept. `missing`: the API server does not have the
 * kind. `forbidden`: we may not read it. In the last two the copy is empty, and is tried again in a while.
 */
export type WatchState = 'starting' | 'synced' | 'missing' | 'forbidden'

export interface ListWatchOptions {
  http: KubeHttp
  /** `/apis/apps/v1/deployments`, with a namespace in it perhaps. */
  path: string
  /** Lists do not say the kind of their items. */
  apiVersion: string
  kind: string
  labelSelector?: string
  /** What the copy keeps of an object; default: all of it. */
  keep?(object: LiveObject): LiveObject
  /** An object came, went or changed; the copy has it already. Must not throw. */
  onChange(change: Change): void
  onState?(state: WatchState): void
  onTrouble?(error: unknown): void
  clock: Clock
  random: Random
  settings?: Partial<ListWatchSettings>
}

export interface ListWatchSettings {
  pageSize: number
  /** How long the server keeps a watch open; it is drawn between this and twice as much, so that not all end at once. */
  watchMs: number
  /** A watch that sends nothing, not even the bookmark of every minute, is dead. */
  silenceMs: number
  backoffMs: { first: number; most: number }
  /** How often a kind that is missing or forbidden is looked for. */
  absentMs: number
  /** A kind that was there is taken to be gone after so long: an API server that starts knows neither all kinds nor all rights yet. */
  graceMs: number
  /** A new list then, although nothing seems wrong: what we may have missed against all odds does not stay missed. */
  relistMs: number
}
