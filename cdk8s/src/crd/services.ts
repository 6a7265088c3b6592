/** The four services: replicas, resources, autoscaling, settings. */
import { z } from 'zod'
import { annotations, count, resources, stringMap } from './fields.ts'
import { serviceImage } from './image.ts'
import { pods } from './pods.ts'
import { withRules } from './rule.ts'

const MOST_REPLICAS = 100

/** These are the platform's to set: another value would contradict the rest of it. */
const RESERVED = [
  'QUIZBOARD_ADVERTISED_HOST',
  'QUIZBOARD_HOST',
  'QUIZBOARD_HOST_TOKEN',
  'QUIZBOARD_INTERNAL_PORT',
  'QUIZBOARD_INTERNAL_SECRET',
  'QUIZBOARD_METRICS_HOST',
  'QUIZBOARD_METRICS_PORT',
  'QUIZBOARD_MIGRATE',
  'QUIZBOARD_MONGODB_DATABASE',
  'QUIZBOARD_PARTITIONS',
  'QUIZBOARD_PORT',
  'QUIZBOARD_REPLICATION_FACTOR',
  'QUIZBOARD_STANDBYS',
  'QUIZBOARD_TOPIC_PREFIX',
  'QUIZBOARD_TRUSTED_PROXIES',
]
const isReserved = (name: string) => RESERVED.includes(name) || /_(FILE|URL)$/.test(name)

const settings = () =>
  withRules(
    stringMap(
      z
        .string()
        .max(90)
        .regex(/^QUIZBOARD_[A-Z0-9_]+$/, 'must be a setting: QUIZBOARD_ and upper case letters, digits and _'),
      50,
    ),
    {
      cel: `!self.exists(k, k.endsWith('_FILE') || k.endsWith('_URL') || k in [${RESERVED.map((name) => `'${name}'`).join(', ')}])`,
      message:
        'settings must not name what the platform sets itself: ports, hosts, secrets, addresses (_URL, _FILE), partitions, topic prefix, standbys',
      holds: (value) => !Object.keys(value as object).some(isReserved),
    },
  )

const keda = () =>
  z.strictObject({
    prometheusUrl: z
      .string()
      .max(500)
      .regex(/^https?:\/\/[^\s]+$/, 'must be a URL that begins with http:// or https://')
      .describe('Prometheus that scrapes the services, as KEDA reaches it'),
    query: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe('PromQL with one value; default: how many seconds the service is behind'),
    threshold: z
      .string()
      .max(20)
      .regex(/^[0-9]+(\.[0-9]+)?$/, 'must be a number in quotes')
      .default('2')
      .describe('one more replica for each time that the query’s value has this in it'),
  })

export type Autoscaling = z.output<ReturnType<typeof autoscaling>>
const autoscaling = () =>
  withRules(
    z.strictObject({
      minReplicas: count(1, MOST_REPLICAS).default(1).describe('never fewer'),
      maxReplicas: count(1, MOST_REPLICAS).describe('never more'),
      cpuUtilization: count(1, 1000).default(70).describe('wanted use of the CPU request, in percent'),
      keda: keda()
        .optional()
        .describe('scale by KEDA on how far the service is behind, beside CPU; needs KEDA in the cluster'),
    }),
    {
      cel: 'self.minReplicas <= self.maxReplicas',
      message: 'maxReplicas must be at least minReplicas',
      at: '.maxReplicas',
      holds: ({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas,
    },
  )

interface Size {
  cpu: string
  memory: string
  limit: string
}
const fields = ({ cpu, memory, limit }: Size) => ({
  replicas: count(0, MOST_REPLICAS).default(2).describe('pods; not looked at while autoscaling is set'),
  autoscaling: autoscaling().optional().describe('scale by load between two bounds'),
  resources: resources({ requests: { cpu, memory }, limits: { memory: limit } }).describe(
    'requests and limits of the container',
  ),
  image: serviceImage().optional().describe('another image for this service alone'),
  settings: settings().optional().describe('more settings of the service: environment variables QUIZBOARD_…'),
  pods: pods().optional().describe('for this service’s pods, over spec.pods'),
})

export const quizService = () => z.strictObject(fields({ cpu: '100m', memory: '192Mi', limit: '512Mi' })).prefault({})
export const answerService = () => z.strictObject(fields({ cpu: '200m', memory: '256Mi', limit: '768Mi' })).prefault({})
export const leaderboardService = () =>
  z
    .strictObject({
      ...fields({ cpu: '200m', memory: '256Mi', limit: '1Gi' }),
      standbys: count(0, 5).default(1).describe('warm standbys of each partition, on other replicas'),
    })
    .prefault({})
export const gateway = () =>
  z
    .strictObject({
      ...fields({ cpu: '50m', memory: '128Mi', limit: '384Mi' }),
      service: z
        .strictObject({
          type: z
            .enum(['ClusterIP', 'NodePort', 'LoadBalancer'])
            .default('ClusterIP')
            .describe('type of the gateway’s Service'),
          annotations: annotations().optional().describe('annotations of the gateway’s Service'),
        })
        .prefault({})
        .describe('the gateway’s Service: the whole product on one port'),
    })
    .prefault({})

export type ServiceSpec = z.output<ReturnType<typeof answerService>>
