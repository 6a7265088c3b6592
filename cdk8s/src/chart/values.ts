/**
 * The values of the Helm chart: the one source of values.yaml, values.schema.json and the table of its README. Everything has a
 * default; what is not in here is refused.
 */
import { z } from 'zod'
import { annotations, cidr, count, labels, list, objectName, resources, stringMap } from '../crd/fields.ts'
import { pods } from '../crd/pods.ts'
import { API_SERVER_PORTS } from '../operator/operator-chart.ts'

/** Marks where the schema of QuizPlatform's spec goes. */
export const PLATFORM_SPEC = 'x-quizboard-platform-spec'

const podsOf = pods().shape
const orNothing = (pattern: RegExp, max: number, must: string) =>
  z
    .string()
    .max(max)
    .regex(new RegExp(`^(${pattern.source})?$`), `must be ${must}`)
    .default('')

const image = z
  .strictObject({
    registry: orNothing(
      /[A-Za-z0-9][-A-Za-z0-9.]*(:[0-9]{1,5})?(\/[-a-z0-9._/]+)?/,
      255,
      'host, host:port, with a path perhaps',
    ).describe(
      'registry, with a path perhaps; the platform’s images come from there, too. Default: the container runtime’s',
    ),
    repository: z
      .string()
      .max(200)
      .regex(/^[a-z0-9][-a-z0-9._/]*$/, 'must be a path of lower case letters, digits and - . _ /')
      .default('quizboard/operator')
      .describe('the operator’s image'),
    tag: orNothing(/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?/, 63, 'a tag of an image').describe(
      'version of the operator, and of platforms that name none; default: the chart’s appVersion',
    ),
    digest: orNothing(/sha256:[0-9a-f]{64}/, 71, 'sha256: and 64 hexadecimal digits').describe(
      'digest of the operator’s image; it wins over the tag',
    ),
    pullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']).default('IfNotPresent').describe('when images are pulled'),
  })
  .prefault({})

const operator = z
  .strictObject({
    replicas: count(0, 5).default(2).describe('pods; one leads, the others take over'),
    resources: resources({ requests: { cpu: '50m', memory: '96Mi' }, limits: { memory: '256Mi' } }).describe(
      'requests and limits of the container',
    ),
    settings: stringMap(
      z
        .string()
        .max(90)
        .regex(/^QUIZBOARD_(LOG_LEVEL|LOG_FORMAT|WORKERS|RESYNC_MS|LEASE_MS|KIND_CHECK_MS)$/),
      10,
    )
      .default({})
      .describe(
        'settings of the operator: QUIZBOARD_LOG_LEVEL, _LOG_FORMAT, _WORKERS, _RESYNC_MS, _LEASE_MS, _KIND_CHECK_MS',
      ),
    labels: podsOf.labels.unwrap().default({}).describe('more labels of the pods'),
    annotations: podsOf.annotations.unwrap().default({}).describe('more annotations of the pods'),
    nodeSelector: podsOf.nodeSelector.unwrap().default({}).describe('labels that a node must have'),
    tolerations: podsOf.tolerations.unwrap().default([]).describe('taints of nodes that are tolerated'),
    affinity: podsOf.affinity.unwrap().default({}).describe('affinity, as in a pod'),
    priorityClassName: orNothing(/[a-z0-9]([-a-z0-9.]*[a-z0-9])?/, 253, 'a name of an object').describe(
      'priority class of the pods',
    ),
  })
  .prefault({})

const flag = (fallback: boolean) => z.boolean().default(fallback)

const networkPolicy = z
  .strictObject({
    enabled: flag(true).describe('deny everything, then allow what the operator needs'),
    apiServerCidrs: list(cidr(), 20).default([]).describe('where the API server is; default: anywhere'),
    apiServerPorts: list(count(1, 65_535), 10)
      .min(1)
      .default(API_SERVER_PORTS)
      .describe('ports of the API server, as a Service and behind it'),
  })
  .prefault({})

const monitoring = z
  .strictObject({
    serviceMonitors: flag(false).describe(
      'ServiceMonitors of the operator and, unless its spec says otherwise, of the platform; needs the Prometheus operator',
    ),
    rules: flag(false).describe(
      'PrometheusRules: alerts of the operator and, unless its spec says otherwise, alerts and recording rules of the platform',
    ),
    dashboards: flag(false).describe(
      'ConfigMaps for the side-car of Grafana: a dashboard of all platforms and, unless its spec says otherwise, one of the platform',
    ),
    labels: labels().default({}).describe('labels by which Prometheus finds monitors and rules: release: …'),
    interval: z
      .string()
      .max(10)
      .regex(/^[1-9][0-9]{0,3}(s|m)$/, 'must be a duration such as 15s')
      .default('15s')
      .describe('how often Prometheus scrapes'),
    dashboardLabels: labels().default({ grafana_dashboard: '1' }).describe('labels by which Grafana finds dashboards'),
    dashboardAnnotations: annotations().default({}).describe('annotations of the dashboards: a folder, say'),
  })
  .prefault({})

const ONE = { replicas: 1 }
const platform = z
  .strictObject({
    enabled: flag(true).describe('make a QuizPlatform in the release’s namespace'),
    name: z
      .string()
      .max(25)
      .regex(/^[a-z]([-a-z0-9]*[a-z0-9])?$/, 'must be lower case letters, digits and -, and begin with a letter')
      .default('quizboard')
      .describe('its name; names of Services are made of it'),
    annotations: annotations().default({}).describe('its annotations'),
    spec: z
      .looseObject({})
      .meta({ [PLATFORM_SPEC]: true })
      .default({ quizService: ONE, answerService: ONE, leaderboardService: ONE, gateway: ONE })
      .describe(
        'its spec, see docs/operations/quizplatform.md. A store that is not chosen is bundled: one server, for trying and small schools',
      ),
  })
  .prefault({})

const test = z
  .strictObject({
    players: count(1, 50).default(4).describe('players of the quiz that `helm test` plays'),
    waitSeconds: count(1, 3_600).default(240).describe('how long it waits for the platform to work'),
  })
  .prefault({})

export const valuesSchema = z.strictObject({
  nameOverride: orNothing(/[a-z0-9]([-a-z0-9]*[a-z0-9])?/, 40, 'lower case letters, digits and -').describe(
    'instead of quizboard in the names of the operator’s objects',
  ),
  fullnameOverride: orNothing(/[a-z0-9]([-a-z0-9]*[a-z0-9])?/, 40, 'lower case letters, digits and -').describe(
    'the name of the operator’s objects; default: made of the release’s',
  ),
  image: image.describe('where images come from'),
  imagePullSecrets: list(z.strictObject({ name: objectName() }), 10)
    .default([])
    .describe('Secrets with credentials of the registry, for the platform’s images, too'),
  watch: z
    .strictObject({
      allNamespaces: flag(false).describe('look after QuizPlatforms in every namespace, by a ClusterRole'),
      namespaces: list(objectName(), 50)
        .default([])
        .describe('namespaces to look after beside the release’s own, by a Role in each; they must be there'),
    })
    .prefault({})
    .describe('where the operator looks after QuizPlatforms; default: in the release’s namespace alone'),
  operator: operator.describe('the operator’s pods'),
  crds: z
    .strictObject({
      apply: flag(true).describe(
        'bring the definition of QuizPlatform up to date before each install and upgrade, by a Job with the rights to do so',
      ),
    })
    .prefault({})
    .describe('the definition of QuizPlatform'),
  serviceAccount: z
    .strictObject({
      create: flag(true).describe('make the operator’s ServiceAccount'),
      name: orNothing(/[a-z0-9]([-a-z0-9.]*[a-z0-9])?/, 253, 'a name of an object').describe(
        'its name; default: that of the operator’s objects',
      ),
      annotations: annotations().default({}).describe('its annotations'),
    })
    .prefault({})
    .describe('by which the operator acts'),
  rbac: z
    .strictObject({ create: flag(true).describe('make Roles and bindings; false: somebody else gives the rights') })
    .prefault({})
    .describe('the operator’s rights'),
  podDisruptionBudget: z
    .strictObject({ enabled: flag(true).describe('at most one operator pod may be evicted at a time') })
    .prefault({})
    .describe('of the operator’s pods'),
  networkPolicy: networkPolicy.describe('of the operator’s pods'),
  monitoring: monitoring.describe('metrics, alerts and dashboards'),
  platform: platform.describe('a QuizPlatform that comes with the release'),
  test: test.describe('what `helm test` does'),
  global: z.record(z.string().max(253), z.unknown()).optional().describe('of a parent chart; not looked at'),
})

export type ChartValues = z.output<typeof valuesSchema>
