/** What a container is given: environment variables, and files from Secrets and ConfigMaps. */
import { createHash } from 'node:crypto'
import type { EnvVar, Volume, VolumeProjection } from 'kubernetes-types/core/v1.d.ts'
import type { SecretRef } from '../crd/fields.ts'
import type { Facts } from '../platform/build.ts'

export interface File {
  /** Below FILES. */
  path: string
  source: 'secret' | 'configMap'
  ref: SecretRef
}

export interface Runtime {
  env: EnvVar[]
  files: File[]
}

export const FILES = '/etc/quizboard'

export const runtimeOf = (...parts: Partial<Runtime>[]): Runtime => ({
  env: parts.flatMap(({ env = [] }) => env),
  files: parts.flatMap(({ files = [] }) => files),
})

export const value = (name: string, text: string | number | boolean): EnvVar => ({ name, value: String(text) })

export const secretValue = (name: string, { name: secret, key }: SecretRef): EnvVar => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
})

/** A file, and the variable that names it. */
export const file = (variable: string, path: string, source: File['source'], ref: SecretRef): Runtime => ({
  env: [value(variable, `${FILES}/${path}`)],
  files: [{ path, source, ref }],
})

export const VOLUME = 'files'

/** All files in one volume; undefined: there are none. */
export const filesVolume = ({ files }: Runtime): Volume | undefined => {
  if (files.length === 0) return undefined
  const sources = files.map(({ path, source, ref }): VolumeProjection => {
    const items = [{ key: ref.key, path }]
    return source === 'secret' ? { secret: { name: ref.name, items } } : { configMap: { name: ref.name, items } }
  })
  // Read by the group that the pod's security context names.
  return { name: VOLUME, projected: { defaultMode: 0o440, sources } }
}

/** Every Secret that the container cannot start without. */
export const secretsOf = ({ env, files }: Runtime): SecretRef[] => [
  ...env.flatMap(({ valueFrom }) => {
    const { name, key } = valueFrom?.secretKeyRef ?? {}
    return name === undefined || key === undefined ? [] : [{ name, key }]
  }),
  ...files.filter(({ source }) => source === 'secret').map(({ ref }) => ref),
]

export const digest = (...parts: string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)

/** Changes when a value changes, so that pods take it up. Undefined: nothing is known of the values. */
export const secretsChecksum = (runtime: Runtime, facts: Facts): string | undefined => {
  const hashes = secretsOf(runtime).map((ref) => [`${ref.name}/${ref.key}`, facts.hash(ref)] as const)
  if (hashes.every(([, hash]) => hash === undefined)) return undefined
  return digest(...hashes.map(([name, hash]) => `${name}=${hash ?? ''}`).sort())
}
