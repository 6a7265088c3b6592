/** What the operator tells about a platform. Written by the operator alone. */
import { z } from 'zod'

/** Each says, with its reason and message, what is wrong and what to do about it. */
export const CONDITIONS = [
  'Ready',
  'Reconciling',
  'Stalled',
  'KafkaReady',
  'MongoDBReady',
  'PostgreSQLReady',
  'ServicesReady',
  'MonitoringReady',
  'Paused',
] as const
export type ConditionType = (typeof CONDITIONS)[number]

export const SERVICES = ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway'] as const
export type ServiceName = (typeof SERVICES)[number]

const text = (max: number) => z.string().max(max)

const condition = z.strictObject({
  type: text(60),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.int().nonnegative(),
  lastTransitionTime: text(40).meta({ format: 'date-time' }),
  reason: text(100),
  message: text(4096),
})
export type Condition = z.output<typeof condition>

export const statusSchema = z.strictObject({
  observedGeneration: z.int().nonnegative().optional().describe('generation of the spec that this status is about'),
  conditions: z
    .array(condition)
    .max(20)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] })
    .optional(),
  operatorVersion: text(100).optional().describe('version of the operator that wrote this'),
  version: text(200).optional().describe('version that all services run; absent while they differ'),
  url: text(300).optional().describe('where people reach it'),
  endpoints: z
    .record(text(60), text(300))
    .meta({ maxProperties: 10 })
    .optional()
    .describe('addresses within the cluster, by service'),
  ready: text(20).optional().describe('ready pods of all that are wanted: 8/8'),
  services: z
    .array(
      z.strictObject({
        name: text(60),
        image: text(700).optional().describe('image that its pods run'),
        replicas: z.int().nonnegative().describe('pods that are wanted'),
        readyReplicas: z.int().nonnegative().describe('pods that are ready'),
      }),
    )
    .max(10)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })
    .optional(),
  stores: z
    .strictObject({ kafka: text(200).optional(), mongodb: text(200).optional(), postgresql: text(200).optional() })
    .optional()
    .describe('kind and version of each store'),
})
export type QuizPlatformStatus = z.output<typeof statusSchema>
