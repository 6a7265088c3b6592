/** Kafka: by Strimzi, one that is there already, or a single broker of our own. */
import { z } from 'zod'
import {
  cidr,
  count,
  fixedStorage,
  hostPort,
  imageName,
  list,
  objectName,
  resources,
  secretKey,
  secretRef,
  storage,
  stringMap,
} from './fields.ts'
import { pods } from './pods.ts'
import { choiceIsFixed, exactlyOne, withRules } from './rule.ts'

const OWN_USERS = ['quiz-service', 'answer-service', 'leaderboard-service', 'admin']

/** In the name of a KafkaUser, behind the platform's. */
const producerName = () =>
  withRules(
    z
      .string()
      .min(1)
      .max(20)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower case letters, digits and -'),
    {
      cel: `!(self in [${OWN_USERS.map((name) => `'${name}'`).join(', ')}])`,
      message: 'foreignProducers must not be named as a user of the platform itself',
      holds: (value) => !OWN_USERS.includes(value),
    },
  )

const strimzi = () =>
  z.strictObject({
    version: z
      .string()
      .max(20)
      .regex(/^[0-9]+\.[0-9]+\.[0-9]+$/, 'must be a version such as 4.3.1')
      .optional()
      .describe('version of Kafka; default: Strimzi’s own'),
    replicas: withRules(count(1, 9), {
      cel: 'self % 2 == 1',
      message: 'kafka.strimzi.replicas must be odd: each node is a controller too, and they vote',
      holds: (value) => value % 2 === 1,
    })
      .default(3)
      .describe('nodes, each broker and controller; odd'),
    storage: storage('20Gi').describe('volume of each node'),
    resources: resources({ requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '2Gi' } }).describe(
      'of each node',
    ),
    config: stringMap(
      z
        .string()
        .max(100)
        .regex(/^[a-z0-9][a-z0-9._]*$/, 'must be the name of a broker setting'),
      50,
    )
      .optional()
      .describe('more settings of the brokers; ours win'),
    foreignProducers: list(producerName(), 10)
      .default([])
      .describe('for each a KafkaUser <platform>-<name> that may write quiz.scores and nothing else'),
    adminUser: z
      .boolean()
      .default(false)
      .describe('a KafkaUser <platform>-admin for the dead-letters command: reads dead letters, sends what was mended'),
    pods: pods().optional().describe('of Kafka’s pods'),
  })

const sasl = () =>
  z.strictObject({
    mechanism: z
      .enum(['scram-sha-512', 'scram-sha-256', 'plain'])
      .default('scram-sha-512')
      .describe('how services log in'),
    secret: z
      .strictObject({
        name: objectName().describe('name of the Secret'),
        usernameKey: secretKey().default('username').describe('key of the user’s name'),
        passwordKey: secretKey().default('password').describe('key of the password'),
      })
      .describe('Secret with user name and password'),
  })

const tls = () =>
  withRules(
    z.strictObject({
      ca: secretRef('ca.crt').optional().describe('certificate authority, PEM; default: those of the system'),
      clientCertificate: z
        .strictObject({
          name: objectName().describe('name of the Secret'),
          certKey: secretKey().default('user.crt').describe('key of the certificate, PEM'),
          keyKey: secretKey().default('user.key').describe('key of the private key, PEM'),
        })
        .optional()
        .describe('Secret with our own certificate (mutual TLS)'),
    }),
    {
      cel: '!has(self.clientCertificate) || has(self.ca)',
      message: 'kafka.external.tls.ca must be set, as clientCertificate is',
      at: '.clientCertificate',
      holds: ({ ca, clientCertificate }) => clientCertificate === undefined || ca !== undefined,
    },
  )

const external = () =>
  z.strictObject({
    bootstrapServers: list(hostPort(), 20).min(1).describe('host:port of brokers'),
    tls: tls().optional().describe('TLS to the brokers; {} with the system’s authorities'),
    sasl: sasl().optional().describe('log in by name and password'),
    createTopics: z
      .boolean()
      .default(true)
      .describe('make missing topics and check the others, by a Job; false: somebody else makes them'),
    replicationFactor: count(1, 9).default(3).describe('of topics that we make'),
    cidrs: list(cidr(), 20).default([]).describe('where the brokers are, for the NetworkPolicies; default: anywhere'),
  })

const bundled = () =>
  z.strictObject({
    image: imageName().default('apache/kafka:4.3.1').describe('image with /opt/kafka/libs, java and bash'),
    storage: withRules(storage('5Gi'), fixedStorage('kafka.bundled.storage')).describe('volume of the broker'),
    resources: resources({ requests: { cpu: '200m', memory: '640Mi' }, limits: { memory: '1Gi' } }).describe(
      'of the broker',
    ),
  })

const CHOICES = ['strimzi', 'external', 'bundled'] as const
export const kafka = () =>
  withRules(
    z.strictObject({
      strimzi: strimzi()
        .optional()
        .describe('a cluster made by Strimzi’s operator, with TLS and a user for each service'),
      external: external().optional().describe('a cluster that is there already'),
      bundled: bundled()
        .optional()
        .describe('one broker in a StatefulSet: for trying and small schools, not highly available'),
    }),
    exactlyOne('kafka', CHOICES),
    choiceIsFixed('kafka', CHOICES),
  )

export type Kafka = z.output<ReturnType<typeof kafka>>
export type StrimziKafka = z.output<ReturnType<typeof strimzi>>
export type ExternalKafka = z.output<ReturnType<typeof external>>
export type BundledKafka = z.output<ReturnType<typeof bundled>>
