/** How the three stores are, each by whoever runs it. */

import { job } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import type { Build } from '@quizboard/cdk8s/platform/build.ts'
import type { JobState } from '../jobs.ts'
import type { Observed } from '../observed.ts'
import { missingOfUser, type SecretNeed, type Store } from '../secret-needs.ts'
import { bundledState } from './bundled.ts'
import { cnpgState, communityState } from './databases.ts'
import { isReady, isWaiting, needsHelp, type StoreState } from './store-state.ts'
import { strimziState } from './strimzi.ts'

export const storeState = (
  build: Build,
  store: Store,
  observed: Observed,
  needs: readonly SecretNeed[],
): StoreState => {
  const missing = missingOfUser(needs, observed, store)
  if (missing.length > 0) return needsHelp(TITLES[store], 'SecretMissing', missing.join('; '))
  const { kafka, mongodb, postgresql } = build.spec
  if (store === 'kafka' && kafka.strimzi) return strimziState(build, observed, needs)
  if (store === 'mongodb' && mongodb.mongodbCommunity) return communityState(build, observed, needs)
  if (store === 'postgresql' && postgresql.cnpg) return cnpgState(build, observed, needs)
  const { external } = build.spec[store]
  if (external)
    return isReady(
      `external ${TITLES[store]}`,
      `${TITLES[store]} is somebody else’s; whether it can be reached shows in the services’ own readiness`,
    )
  return bundledState(build, store, observed)
}

const TITLES: Readonly<Record<Store, string>> = { kafka: 'Kafka', mongodb: 'MongoDB', postgresql: 'PostgreSQL' }

/** Kafka is ready for us when the topics are, too. `name`: of the Job that makes them. */
export const withTopics = (kafka: StoreState, state: JobState, name: string): StoreState => {
  if (!kafka.ready || state.state === 'done') return kafka
  if (state.state === 'failed')
    return needsHelp(
      kafka.version,
      'TopicsFailed',
      `the topics could not be made (${state.message}): see kubectl logs ${job.plural.slice(0, -1)}/${name}; it is tried again in ${minutes(state.retryInMs)}, or when the Job is deleted`,
    )
  const how = state.state === 'running' ? `: ${state.message}` : ''
  const stuck = state.state === 'running' && state.needsHelp
  const message = `the topics are being made by Job ${name}${how}`
  return (stuck ? needsHelp : isWaiting)(kafka.version, 'MakingTopics', message)
}

export const minutes = (ms: number): string =>
  ms < 60_000 ? 'less than a minute' : `${Math.ceil(ms / 60_000)} minutes`
