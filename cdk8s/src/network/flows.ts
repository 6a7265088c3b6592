/**
 * What talks to what: the one table behind the NetworkPolicies. Each flow is allowed at both ends, nothing else is.
 */

import { cnpgClusterName, MONGODB_PORT, POSTGRESQL_PORT } from '../connections/databases.ts'
import { BUNDLED_KAFKA_PORT, KAFKA_TLS_PORT } from '../connections/kafka.ts'
import type { Component } from '../platform/build.ts'
import { type Build, nameOf, PORTS } from '../platform/build.ts'
import { isRouted } from './exposure.ts'

/** The other end, where it is not a part of ours. */
export type Outside =
  | { kind: 'public' }
  | { kind: 'prometheus' }
  /** Pods of another operator in our namespace, by its labels. */
  | { kind: 'pods'; labels: Record<string, string> }
  /** Empty: anywhere. */
  | { kind: 'addresses'; cidrs: readonly string[] }

export interface Flow {
  from: Component | Outside
  to: Component | Outside
  ports: readonly number[]
}

export const flowsOf = (build: Build): Flow[] => [...betweenServices(build), ...toStores(build), ...scraping]

const SERVICES = ['quiz-service', 'answer-service', 'leaderboard-service'] as const

const betweenServices = (build: Build): Flow[] => [
  { from: { kind: 'public' }, to: 'gateway', ports: [PORTS.http] },
  ...SERVICES.map((to): Flow => ({ from: 'gateway', to, ports: [PORTS.http] })),
  ...(isRouted(build) ? SERVICES.map((to): Flow => ({ from: { kind: 'public' }, to, ports: [PORTS.http] })) : []),
  // A question closes when every answer replica has stopped accepting.
  { from: 'quiz-service', to: 'answer-service', ports: [PORTS.internal] },
  // Replicas find each other in MongoDB.
  { from: 'answer-service', to: 'answer-service', ports: [PORTS.internal] },
  { from: 'leaderboard-service', to: 'leaderboard-service', ports: [PORTS.internal] },
]

const toStores = (build: Build): Flow[] => {
  const { kafka, mongodb, postgresql } = build.spec
  const kafkaClients: Component[] = [...SERVICES, 'topics']
  const flow = (clients: readonly Component[], to: Flow['to'], ports: readonly number[]) =>
    clients.map((from): Flow => ({ from, to, ports }))
  return [
    ...(kafka.external
      ? flow(kafkaClients, { kind: 'addresses', cidrs: kafka.external.cidrs }, portsIn(kafka.external.bootstrapServers))
      : kafka.strimzi
        ? flow(SERVICES, { kind: 'pods', labels: strimziPods(build) }, [KAFKA_TLS_PORT])
        : flow(kafkaClients, 'kafka', [BUNDLED_KAFKA_PORT])),
    ...flow(['answer-service', 'leaderboard-service'], ...mongodbEnd(build, mongodb)),
    ...flow(['quiz-service', 'migrate'], ...postgresqlEnd(build, postgresql)),
  ]
}

export const strimziPods = ({ name }: Pick<Build, 'name'>) => ({
  'strimzi.io/cluster': name,
  'strimzi.io/name': `${name}-kafka`,
})
export const cnpgPods = (build: Pick<Build, 'name'>) => ({ 'cnpg.io/cluster': cnpgClusterName(build) })

const mongodbEnd = (
  build: Build,
  { external, mongodbCommunity }: Build['spec']['mongodb'],
): [Flow['to'], readonly number[]] => {
  if (external) return [{ kind: 'addresses', cidrs: external.cidrs }, external.ports]
  if (mongodbCommunity) return [{ kind: 'pods', labels: { app: `${nameOf(build, 'mongodb')}-svc` } }, [MONGODB_PORT]]
  return ['mongodb', [MONGODB_PORT]]
}

const postgresqlEnd = (
  build: Build,
  { external, cnpg }: Build['spec']['postgresql'],
): [Flow['to'], readonly number[]] => {
  if (external) return [{ kind: 'addresses', cidrs: external.cidrs }, external.ports]
  if (cnpg) return [{ kind: 'pods', labels: cnpgPods(build) }, [POSTGRESQL_PORT]]
  return ['postgresql', [POSTGRESQL_PORT]]
}

const portsIn = (addresses: readonly string[]) => [
  ...new Set(addresses.map((address) => Number(address.split(':').at(-1)))),
]

const scraping: Flow[] = [...SERVICES, 'gateway' as const].map((to) => ({
  from: { kind: 'prometheus' },
  to,
  ports: [PORTS.metrics],
}))
