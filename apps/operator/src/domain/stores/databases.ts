/** MongoDB and PostgreSQL by their operators. */
import { cnpgClusterName } from '@quizboard/cdk8s/connections/databases.ts'
import { cnpgCluster, mongodbCommunity } from '@quizboard/cdk8s/kinds/databases.ts'
import { type Build, nameOf } from '@quizboard/cdk8s/platform/build.ts'
import { conditionOf, liveOf, type Observed } from '../observed.ts'
import { missingOfOperator, type SecretNeed } from '../secret-needs.ts'
import { isReady, isUpdating, isWaiting, kindProblem, needsHelp, type StoreState, untouched } from './store-state.ts'

/**
 * MongoDB's operator tells a phase, a message and a version: no conditions, no observedGeneration. So after a change it may look
 * ready for a moment before it begins; services work with the old state as well.
 */
export const communityState = (build: Build, observed: Observed, needs: readonly SecretNeed[]): StoreState => {
  const from = mongodbCommunity.from ?? ''
  const problem = kindProblem(
    mongodbCommunity,
    observed.kindState(mongodbCommunity),
    'choose mongodb.external or mongodb.bundled in a new QuizPlatform',
  )
  if (problem) return problem
  const name = nameOf(build, 'mongodb')
  const live = liveOf(observed, mongodbCommunity, name)
  const version = `MongoDB Community ${live?.status?.version ?? ''}`.trim()
  if (!live) return isWaiting(version, 'Creating', `MongoDBCommunity ${name} is about to be made`)
  const { phase, message } = live.status ?? {}
  const told = typeof message === 'string' && message !== '' ? `: ${message}` : ''
  if (phase === 'Failed')
    return needsHelp(version, 'MongoDBFailed', `MongoDB’s operator about MongoDBCommunity ${name}${told}`)
  if (phase === 'Running') {
    const secrets = missingOfOperator(needs, observed, 'mongodb')
    if (secrets.length > 0)
      return isWaiting(version, 'SecretsNotReady', `waiting for MongoDB’s Secrets ${secrets.join(', ')}`)
    const { version: wanted, members } = build.spec.mongodb.mongodbCommunity ?? {}
    const same = live.status.version === wanted && live.status.currentMongoDBMembers === members
    return same
      ? isReady(version, `MongoDBCommunity ${name} is running`)
      : isUpdating(version, `MongoDB’s operator is bringing MongoDBCommunity ${name} up to date`)
  }
  if (typeof phase !== 'string') return untouched(live, { kind: 'MongoDBCommunity', from }, observed)
  return isWaiting(version, 'MongoDBPending', `MongoDBCommunity ${name} is ${phase}${told}`)
}

/** CloudNativePG tells a condition Ready, a phase and its reason. */
export const cnpgState = (build: Build, observed: Observed, needs: readonly SecretNeed[]): StoreState => {
  const from = cnpgCluster.from ?? ''
  const problem = kindProblem(
    cnpgCluster,
    observed.kindState(cnpgCluster),
    'choose postgresql.external or postgresql.bundled in a new QuizPlatform',
  )
  if (problem) return problem
  const name = cnpgClusterName(build)
  const live = liveOf(observed, cnpgCluster, name)
  const version = imageVersion(live?.status?.image)
  if (!live) return isWaiting(version, 'Creating', `Cluster ${name} is about to be made`)
  const { phase, phaseReason, readyInstances } = live.status ?? {}
  const told = [phase, phaseReason].filter((part) => typeof part === 'string' && part !== '').join(': ')
  const ready = conditionOf(live, 'Ready')
  if (ready?.status === 'True') {
    const secrets = missingOfOperator(needs, observed, 'postgresql')
    if (secrets.length > 0)
      return isWaiting(version, 'SecretsNotReady', `waiting for CloudNativePG’s Secrets ${secrets.join(', ')}`)
    return readyInstances === build.spec.postgresql.cnpg?.instances
      ? isReady(version, `Cluster ${name} is ready`)
      : isUpdating(version, `CloudNativePG is bringing Cluster ${name} up to date: ${told}`)
  }
  if (told === '' && !ready) return untouched(live, { kind: 'Cluster', from }, observed)
  return isWaiting(
    version,
    'PostgreSQLNotReady',
    `CloudNativePG about Cluster ${name}: ${told || ready?.message || 'not ready'}`,
  )
}

const imageVersion = (image: unknown) => {
  const tag = typeof image === 'string' ? /:([^@]+)/.exec(image.split('/').at(-1) ?? '')?.[1] : undefined
  return `CloudNativePG${tag ? ` ${tag}` : ''}`
}
