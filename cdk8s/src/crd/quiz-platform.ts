/**
 * The resource QuizPlatform: one zod source for the TypeScript types, the defaults, the parser, the schema and CEL rules of the
 * CustomResourceDefinition, and the reference page.
 */
import { z } from 'zod'
import { count, secretRef } from './fields.ts'
import { image } from './image.ts'
import { kafka } from './kafka.ts'
import { mongodb } from './mongodb.ts'
import { exposure, monitoring, networkPolicies } from './network.ts'
import { pods } from './pods.ts'
import { postgresql } from './postgresql.ts'
import { fixed, type Rule, withRules } from './rule.ts'
import { answerService, gateway, leaderboardService, quizService } from './services.ts'

export const GROUP = 'quizboard.dev'
export const VERSION = 'v1alpha1'
export const API_VERSION = `${GROUP}/${VERSION}`
export const KIND = 'QuizPlatform'
export const PLURAL = 'quizplatforms'
export const DEFINITION_NAME = `${PLURAL}.${GROUP}`

const secrets = () =>
  z
    .strictObject({
      hostToken: secretRef('token').optional().describe('the hosts’ token for the API; default: made once'),
      signingKey: secretRef('signing-key.json')
        .optional()
        .describe('private Ed25519 key that signs players’ tokens, a JWK; default: made once'),
      internalSecret: secretRef('secret')
        .optional()
        .describe('by which the services know each other; default: made once'),
    })
    .prefault({})

export const specSchema = z
  .strictObject({
    image: image().describe('where images come from'),
    kafka: kafka().describe('Kafka: exactly one of strimzi, external, bundled'),
    mongodb: mongodb().describe('MongoDB: exactly one of mongodbCommunity, external, bundled'),
    postgresql: postgresql().describe('PostgreSQL: exactly one of cnpg, external, bundled'),
    partitions: withRules(count(1, 500), fixed('partitions', 'quizzes are spread over the topics by it'))
      .default(12)
      .describe('partitions of every topic; more than there will ever be replicas of the leaderboard'),
    topicPrefix: withRules(
      z
        .string()
        .max(30)
        .regex(/^([a-z0-9][a-z0-9._-]*)?$/, 'must be lower case letters, digits and . _ -'),
      fixed('topicPrefix', 'the topics of the old prefix have the quizzes'),
    )
      .default('')
      .describe('before the name of every topic: several platforms can share a Kafka'),
    quizService: quizService().describe('decks, quizzes, players, lifecycle'),
    answerService: answerService().describe('answers and scoring'),
    leaderboardService: leaderboardService().describe('standings, live'),
    gateway: gateway().describe('web pages, and everything on one port'),
    pods: pods().optional().describe('for the pods of all services; where they run is where bundled stores run, too'),
    secrets: secrets().describe('Secrets that are there already; what is not named is made once and never changed'),
    exposure: exposure().prefault({}).describe('how people reach it from outside; default: not at all'),
    monitoring: monitoring().describe('for the Prometheus operator'),
    networkPolicies: networkPolicies().describe('what may talk to what'),
    deletionPolicy: z
      .enum(['Retain', 'Delete'])
      .default('Retain')
      .describe(
        'what becomes of Kafka, MongoDB, PostgreSQL, their volumes and the Secrets when the QuizPlatform is deleted',
      ),
  })
  .describe('what is wanted')

export type QuizPlatformSpec = z.output<typeof specSchema>

/** Names of our objects begin with it, and a pod’s has it twice: `<name>-<name>-kafka-0` must be at most 63 characters. */
const NAME_MAX = 25
const NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
export const nameRule: Rule<{ metadata: { name: string } }> = {
  cel: `self.metadata.name.size() <= ${NAME_MAX} && self.metadata.name.matches('${NAME.source}')`,
  message: `metadata.name must be at most ${NAME_MAX} lower case letters, digits and -, and begin with a letter: names of Services are made of it`,
  holds: ({ metadata: { name } }) => name.length <= NAME_MAX && NAME.test(name),
}
