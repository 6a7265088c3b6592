/** What every construct is told: the platform, its names and labels, and what is known of the cluster. */
import type { SecretRef } from '../crd/fields.ts'
import type { QuizPlatformSpec } from '../crd/quiz-platform.ts'
import type { ServiceName } from '../crd/status.ts'

export interface Build {
  name: string
  namespace: string
  spec: QuizPlatformSpec
  /** Tag of the images where the spec names none. */
  version: string
  /** Value of app.kubernetes.io/managed-by. */
  managedBy: string
  facts: Facts
}

/** What is known of Secrets, without their values. */
export interface Facts {
  /** Of the value; undefined: it is not there (yet). */
  hash(ref: SecretRef): string | undefined
  /** Whether the URL in it has a query already: `?…`. */
  hasQuery(ref: SecretRef): boolean
}

/** For manifests that are made without a cluster. */
export const nothingKnown: Facts = { hash: () => undefined, hasQuery: () => false }

/** A part of the platform: a service, a store, a job. It is its label app.kubernetes.io/component. */
export type Component = ServiceName | 'kafka' | 'mongodb' | 'postgresql' | 'migrate' | 'topics' | 'platform'

export const PART_OF = 'quizboard'

type Names = Pick<Build, 'name'>

/** Of the Deployment, the Service and what belongs to them. */
export const nameOf = ({ name }: Names, component: Component): string => `${name}-${component}`

/** Never changes: Deployments and StatefulSets cannot select otherwise later. */
export const selectorLabels = ({ name }: Names, component: Component): Record<string, string> => ({
  'app.kubernetes.io/name': component,
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/part-of': PART_OF,
})

export const labelsOf = (build: Build, component: Component): Record<string, string> => ({
  ...selectorLabels(build, component),
  'app.kubernetes.io/managed-by': build.managedBy,
})

/** A Service as pods of any namespace of the cluster reach it. */
export const hostOf = ({ namespace }: Build, service: string): string => `${service}.${namespace}.svc`

export const PORTS = { http: 8080, internal: 8081, metrics: 9464 } as const
