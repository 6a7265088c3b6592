/** What has to be done once before a version runs: bring PostgreSQL's schema up to date, make the topics. */
import type { Construct } from 'constructs'
import { postgresqlConnection } from '../connections/databases.ts'
import { kafkaConnection } from '../connections/kafka.ts'
import { addObject } from '../kinds/kind.ts'
import { job } from '../kinds/kubernetes.ts'
import { type Build, labelsOf } from '../platform/build.ts'
import { imageOf } from './images.ts'
import { mergePods, podTemplate } from './pod.ts'
import { digest, type Runtime, runtimeOf, value } from './runtime.ts'

const LOGS: Partial<Runtime> = { env: [value('QUIZBOARD_LOG_LEVEL', 'info'), value('QUIZBOARD_LOG_FORMAT', 'json')] }
const LIMIT_S = 600

interface Work {
  component: 'migrate' | 'topics'
  /** Argument of the quiz-service's image. */
  command: string
  runtime: Runtime
}

const migrate = (build: Build): Work => ({
  component: 'migrate',
  command: 'migrate',
  runtime: runtimeOf(LOGS, postgresqlConnection(build)),
})

const topics = (build: Build, replicationFactor: number): Work => ({
  component: 'topics',
  command: 'topics',
  runtime: runtimeOf(LOGS, kafkaConnection(build, 'quiz-service'), {
    env: [value('QUIZBOARD_REPLICATION_FACTOR', replicationFactor)],
  }),
})

/** Undefined: Strimzi makes the topics, or somebody else does. */
const topicsWork = (build: Build): Work | undefined => {
  const { bundled, external } = build.spec.kafka
  if (bundled) return topics(build, 1)
  return external?.createTopics ? topics(build, external.replicationFactor) : undefined
}

const jobOf = (build: Build, { component, command, runtime }: Work) => {
  const template = podTemplate(build, {
    component,
    pods: mergePods(build.spec.pods, build.spec.quizService.pods),
    image: imageOf(build, 'quiz-service'),
    resources: build.spec.quizService.resources,
    runtime,
    container: { args: [command] },
    // A failed pod stays, for its log.
    pod: { restartPolicy: 'Never' },
  })
  // A Job never changes: each version and each setting has its own.
  const name = `${build.name}-${component}-${digest(JSON.stringify(template)).slice(0, 8)}`
  return {
    metadata: { name, labels: labelsOf(build, component) },
    body: { spec: { backoffLimit: 4, activeDeadlineSeconds: LIMIT_S, template } },
  }
}

export const addMigrateJob = (scope: Construct, build: Build): void => {
  const { metadata, body } = jobOf(build, migrate(build))
  addObject(scope, job, metadata, body)
}

export const addTopicsJob = (scope: Construct, build: Build): void => {
  const work = topicsWork(build)
  if (!work) return
  const { metadata, body } = jobOf(build, work)
  addObject(scope, job, metadata, body)
}

/** The containers that are made, and what they are given: which Secrets have to be there. */
export const jobRuntimes = (build: Build): Runtime[] => {
  const work = topicsWork(build)
  return [migrate(build).runtime, ...(work ? [work.runtime] : [])]
}
