/**
 * Kafka by Strimzi. What its operators tell, as observed: before and after failures there is `NotReady` with status True and no
 * `Ready` at all; while brokers roll, Ready stays True and only observedGeneration lags; paused, there is nothing but
 * `ReconciliationPaused`. A topic tells failure by Ready=False, a user by NotReady=True.
 */

import { kafka, kafkaTopic, kafkaUser } from '@quizboard/cdk8s/kinds/strimzi.ts'
import type { Build } from '@quizboard/cdk8s/platform/build.ts'
import { conditionOf, isObserved, type LiveObject, liveOf, type Observed } from '../observed.ts'
import { missingOfOperator, type SecretNeed } from '../secret-needs.ts'
import { isReady, isUpdating, isWaiting, kindProblem, needsHelp, type StoreState, untouched } from './store-state.ts'

const FROM = 'Strimzi'
const INSTEAD = 'choose kafka.external or kafka.bundled in a new QuizPlatform'

export const strimziState = (build: Build, observed: Observed, needs: readonly SecretNeed[]): StoreState => {
  for (const kind of [kafka, kafkaTopic, kafkaUser]) {
    const problem = kindProblem(kind, observed.kindState(kind), INSTEAD)
    if (problem) return problem
  }
  const live = liveOf(observed, kafka, build.name)
  if (!live) return isWaiting(FROM, 'Creating', `Kafka ${build.name} is about to be made`)
  const cluster = clusterState(live, observed)
  return cluster.ready ? (aroundIt(observed, needs, cluster) ?? cluster) : cluster
}

const clusterState = (live: LiveObject, observed: Observed): StoreState => {
  const { name } = live.metadata
  const running: unknown = live.status?.kafkaVersion
  const version = `${FROM} Kafka${typeof running === 'string' ? ` ${running}` : ''}`
  if (conditionOf(live, 'ReconciliationPaused')?.status === 'True')
    return needsHelp(
      version,
      'StrimziPaused',
      `Strimzi is told to leave Kafka ${name} alone: remove its annotation strimzi.io/pause-reconciliation`,
    )
  if (conditionOf(live, 'Ready')?.status === 'True')
    return isObserved(live)
      ? isReady(version, `Kafka ${name} is ready`)
      : isUpdating(version, `Strimzi is bringing Kafka ${name} up to date; it works meanwhile`)
  const trouble = conditionOf(live, 'NotReady')
  if (trouble?.status === 'True') {
    const { reason = 'NotReady', message = 'no reason is told' } = trouble
    if (reason === 'Creating') return isWaiting(version, 'Creating', `Strimzi is making Kafka ${name}`)
    return needsHelp(version, 'KafkaNotReady', `Strimzi about Kafka ${name}: ${reason}: ${message}`)
  }
  return untouched(live, { kind: 'Kafka', from: FROM }, observed)
}

/** Topics, users and their Secrets; undefined: all of them are there. */
const aroundIt = (
  observed: Observed,
  needs: readonly SecretNeed[],
  { version }: StoreState,
): StoreState | undefined => {
  const mine = [...observed.objects.values()]
  const waiting: string[] = []
  for (const { kind } of [kafkaTopic, kafkaUser])
    for (const live of mine.filter((object) => object.kind === kind)) {
      const state = entityState(live)
      if (state.trouble)
        return needsHelp(version, `${kind}NotReady`, `Strimzi about ${kind} ${live.metadata.name}: ${state.trouble}`)
      if (!state.ready) waiting.push(`${kind} ${live.metadata.name}`)
    }
  const topics = mine.filter(({ kind }) => kind === kafkaTopic.kind)
  if (topics.length === 0) return isWaiting(version, 'TopicsNotReady', 'the topics are about to be made')
  if (waiting.length > 0) return isWaiting(version, 'TopicsNotReady', `waiting for ${waiting.join(', ')}`)
  const secrets = missingOfOperator(needs, observed, 'kafka')
  if (secrets.length > 0)
    return isWaiting(version, 'SecretsNotReady', `waiting for Strimzi’s Secrets ${secrets.join(', ')}`)
  return undefined
}

const entityState = (live: LiveObject): { ready: boolean; trouble?: string } => {
  const told = (condition: ReturnType<typeof conditionOf>) =>
    `${condition?.reason ?? 'NotReady'}: ${condition?.message ?? ''}`
  const ready = conditionOf(live, 'Ready')
  if (ready?.status === 'True') return { ready: isObserved(live) }
  if (ready?.status === 'False') return { ready: false, trouble: told(ready) }
  const notReady = conditionOf(live, 'NotReady')
  return notReady?.status === 'True' ? { ready: false, trouble: told(notReady) } : { ready: false }
}
