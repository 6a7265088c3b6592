/** Which Secrets a platform cannot run without, who makes each, and which field names it. */
import type { SecretRef } from '@quizboard/cdk8s/crd/fields.ts'
import { SERVICES } from '@quizboard/cdk8s/crd/status.ts'
import type { Build } from '@quizboard/cdk8s/platform/build.ts'
import { generatedSecrets } from '@quizboard/cdk8s/secrets/generated.ts'
import { jobRuntimes } from '@quizboard/cdk8s/workloads/jobs.ts'
import { secretsOf } from '@quizboard/cdk8s/workloads/runtime.ts'
import { serviceRuntime } from '@quizboard/cdk8s/workloads/service-runtime.ts'
import type { Observed, SecretFacts } from './observed.ts'

export type Store = 'kafka' | 'mongodb' | 'postgresql'

export interface SecretNeed {
  ref: SecretRef
  /** Of which store; undefined: of the services themselves. */
  store: Store | undefined
  by: { who: 'user'; field: string } | { who: 'operator' } | { who: 'us' }
}

/** Each Secret and key once. */
export const secretNeeds = (build: Build): SecretNeed[] => {
  const runtimes = [...SERVICES.map((service) => serviceRuntime(build, service)), ...jobRuntimes(build)]
  const refs = new Map(runtimes.flatMap(secretsOf).map((ref) => [`${ref.name}/${ref.key}`, ref]))
  const users = userFields(build)
  const made = new Map(generatedSecrets(build).map(({ name, data }) => [name, data]))
  // The stores' own pods need keys that no service sees.
  for (const [name, data] of made) for (const key of Object.keys(data)) refs.set(`${name}/${key}`, { name, key })
  return [...refs].map(([id, ref]): SecretNeed => {
    const user = users.get(id)
    if (user) return { ref, store: user.store, by: { who: 'user', field: user.field } }
    if (made.has(ref.name)) return { ref, store: undefined, by: { who: 'us' } }
    return { ref, store: storeOf(build, ref), by: { who: 'operator' } }
  })
}

type UserFields = Map<string, { field: string; store: Store | undefined }>

const userFields = ({ spec }: Build): UserFields => {
  const fields: UserFields = new Map()
  const add = (ref: SecretRef | undefined, field: string, store?: Store) => {
    if (ref) fields.set(`${ref.name}/${ref.key}`, { field: `spec.${field}`, store })
  }
  for (const name of ['hostToken', 'signingKey', 'internalSecret'] as const) add(spec.secrets[name], `secrets.${name}`)
  const { tls, sasl } = spec.kafka.external ?? {}
  const certificate = tls?.clientCertificate
  add(tls?.ca, 'kafka.external.tls.ca', 'kafka')
  if (certificate)
    for (const part of ['certKey', 'keyKey'] as const)
      add({ name: certificate.name, key: certificate[part] }, 'kafka.external.tls.clientCertificate', 'kafka')
  if (sasl)
    for (const part of ['usernameKey', 'passwordKey'] as const)
      add({ name: sasl.secret.name, key: sasl.secret[part] }, 'kafka.external.sasl.secret', 'kafka')
  const { external, mongodbCommunity } = spec.mongodb
  for (const part of ['uri', 'ca', 'clientCertificate'] as const)
    add(external?.[part], `mongodb.external.${part}`, 'mongodb')
  const caSecret = mongodbCommunity?.tls?.caSecret
  if (caSecret) add({ name: caSecret, key: 'ca.crt' }, 'mongodb.mongodbCommunity.tls.caSecret', 'mongodb')
  for (const part of ['uri', 'ca'] as const)
    add(spec.postgresql.external?.[part], `postgresql.external.${part}`, 'postgresql')
  return fields
}

/** Other operators name their Secrets after their resources. */
const storeOf = ({ name }: Build, ref: SecretRef): Store => {
  if (ref.name.startsWith(`${name}-mongodb-`)) return 'mongodb'
  return ref.name.startsWith(`${name}-postgresql-`) ? 'postgresql' : 'kafka'
}

export type Lookup = Pick<Observed, 'secrets'>

export const factsOf = ({ secrets }: Lookup, { name, key }: SecretRef): SecretFacts['keys'][string] | undefined => {
  const keys = secrets.get(name)?.keys
  return keys && Object.hasOwn(keys, key) ? keys[key] : undefined
}

/** What is missing of the Secrets that people are to make, in words for them. */
export const missingOfUser = (needs: readonly SecretNeed[], lookup: Lookup, store: Store | undefined): string[] =>
  needs.flatMap(({ ref, store: of, by }) => {
    if (by.who !== 'user' || of !== store || factsOf(lookup, ref)) return []
    const secret = lookup.secrets.get(ref.name)
    if (!secret) return [`Secret ${ref.name}, which ${by.field} names, is not there: create it`]
    const keys = Object.keys(secret.keys).join(', ') || 'none'
    return [
      `Secret ${ref.name}, which ${by.field} names, has no key ${ref.key}, or an empty one: add it (keys: ${keys})`,
    ]
  })

/** Secrets that another operator has not made yet. */
export const missingOfOperator = (needs: readonly SecretNeed[], lookup: Lookup, store: Store): string[] =>
  needs.flatMap(({ ref, store: of, by }) =>
    by.who === 'operator' && of === store && !factsOf(lookup, ref) ? [`${ref.name} (${ref.key})`] : [],
  )
