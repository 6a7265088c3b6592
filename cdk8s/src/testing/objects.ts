/** Synthesised objects, for tests that look into them. */
import type { KubeObject } from '../kinds/kind.ts'
import { type Facts, nothingKnown } from '../platform/build.ts'
import { synthesise } from '../platform/synthesise.ts'
import { BUNDLED, buildOf, type Fields, SAMPLES } from './samples.ts'

const JWKS = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'k' }] }
/** Short ones, so that snapshots show what changes here. */
const RULES = [{ name: 'quizboard', rules: [{ alert: 'Down', expr: 'up == 0' }] }]
const OWNER = {
  apiVersion: 'quizboard.dev/v1alpha1',
  kind: 'QuizPlatform',
  name: 'quizboard',
  uid: 'u',
  controller: true,
  blockOwnerDeletion: false,
}

export const synth = (spec: Fields, facts: Facts = nothingKnown): KubeObject[] =>
  synthesise(buildOf(spec, facts), { publicJwks: JWKS, ruleGroups: RULES, owner: OWNER })

/** Of every sample, and the rules as they are delivered. */
export const allObjects = (): KubeObject[] => [
  ...Object.values(SAMPLES).flatMap((spec) => synth(spec)),
  ...synthesise(buildOf({ ...BUNDLED, monitoring: { rules: true } }, nothingKnown)).filter(
    ({ kind }) => kind === 'PrometheusRule',
  ),
]

export const idOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`

// biome-ignore lint/suspicious/noExplicitAny: tests look into plain JSON.
export type Json = any

/** `wanted`: kind/name. Throws if it is not there. */
export const find = (objects: KubeObject[], wanted: string): Json => {
  const found = objects.find((object) => idOf(object) === wanted)
  if (!found) throw new Error(`there is no ${wanted} among ${objects.map(idOf).join(', ')}`)
  return found
}

export interface Pod {
  /** Of what makes it: kind/name. */
  id: string
  metadata: Json
  spec: Json
}

/** Pods of ours; those that other operators make are theirs. */
export const podsOf = (objects: KubeObject[]): Pod[] =>
  objects.flatMap((object) => {
    const template = (object.spec as Json)?.template
    const ours = /^(apps|batch)\//.test(object.apiVersion)
    return ours && template?.spec?.containers ? [{ id: idOf(object), ...template }] : []
  })

export const envOf = (spec: Fields, service: string, facts: Facts = nothingKnown): Json[] =>
  find(synth(spec, facts), `Deployment/quizboard-${service}`).spec.template.spec.containers[0].env

export const settingOf = (env: Json[], name: string): string | undefined =>
  env.find((variable) => variable.name === name)?.value
