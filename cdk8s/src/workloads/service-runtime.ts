/** What each service is set to: its environment and files. */
import type { EnvVar } from 'kubernetes-types/core/v1.d.ts'
import { mongodbConnection, postgresqlConnection } from '../connections/databases.ts'
import { kafkaConnection } from '../connections/kafka.ts'
import type { ServiceName } from '../crd/status.ts'
import { publicUrl, trustedProxies } from '../network/exposure.ts'
import { type Build, nameOf, PORTS } from '../platform/build.ts'
import { hostToken, internalSecret, publicKeys, signingKey } from '../secrets/names.ts'
import { FIELDS } from './images.ts'
import { file, type Runtime, runtimeOf, value } from './runtime.ts'

export const serviceRuntime = (build: Build, service: ServiceName): Runtime =>
  runtimeOf(
    settings(build, service),
    {
      env: [
        value('QUIZBOARD_PORT', PORTS.http),
        value('QUIZBOARD_METRICS_PORT', PORTS.metrics),
        value('QUIZBOARD_TRUSTED_PROXIES', trustedProxies(build, service)),
      ],
    },
    OWN[service](build),
  )

/**
 * First: what the platform sets comes later and wins. Every service still serves for a while after it is told to go: kube-proxy and
 * Ingress controllers learn of it a moment later.
 */
const settings = ({ spec }: Build, service: ServiceName): Partial<Runtime> => {
  const own = spec[FIELDS[service]].settings ?? {}
  const leave = { QUIZBOARD_LEAVE_DELAY_MS: HOLDS_SOCKETS.has(service) ? '12000' : '3000' }
  return { env: Object.entries({ ...DEFAULTS, ...leave, ...own }).map(([name, text]) => value(name, text)) }
}

const DEFAULTS = {
  QUIZBOARD_LOG_LEVEL: 'info',
  QUIZBOARD_LOG_FORMAT: 'json',
}

/** They leave late: of pods that are replaced together, each keeps its sockets until nobody can come back to the last of them. */
export const HOLDS_SOCKETS: ReadonlySet<ServiceName> = new Set(['leaderboard-service', 'gateway'])

const POD_IP: EnvVar = { name: 'QUIZBOARD_ADVERTISED_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }

/** Of the services that talk among themselves. */
const internal = (build: Build): Runtime =>
  runtimeOf(
    { env: [value('QUIZBOARD_INTERNAL_PORT', PORTS.internal), POD_IP] },
    file('QUIZBOARD_INTERNAL_SECRET_FILE', 'internal-secret', 'secret', internalSecret(build)),
    file('QUIZBOARD_HOST_TOKEN_FILE', 'host-token', 'secret', hostToken(build)),
  )

const verifies = (build: Build): Runtime =>
  file('QUIZBOARD_PUBLIC_KEYS_FILE', 'public-keys.json', 'configMap', publicKeys(build))

const urlOf = (build: Build, service: ServiceName, port: number) => `http://${nameOf(build, service)}:${port}`

const OWN: Readonly<Record<ServiceName, (build: Build) => Runtime>> = {
  'quiz-service': (build) =>
    runtimeOf(
      internal(build),
      kafkaConnection(build, 'quiz-service'),
      postgresqlConnection(build),
      file('QUIZBOARD_SIGNING_KEY_FILE', 'signing-key.json', 'secret', signingKey(build)),
      {
        env: [
          value('QUIZBOARD_ANSWER_SERVICE_INTERNAL_URL', urlOf(build, 'answer-service', PORTS.internal)),
          // A Job does it before: replicas of two versions must not race for the schema.
          value('QUIZBOARD_MIGRATE', false),
        ],
      },
    ),
  'answer-service': (build) =>
    runtimeOf(internal(build), kafkaConnection(build, 'answer-service'), mongodbConnection(build), verifies(build)),
  'leaderboard-service': (build) =>
    runtimeOf(
      internal(build),
      kafkaConnection(build, 'leaderboard-service'),
      mongodbConnection(build),
      verifies(build),
      { env: [value('QUIZBOARD_STANDBYS', build.spec.leaderboardService.standbys)] },
    ),
  gateway: (build) => {
    const url = publicUrl(build)
    return runtimeOf({
      env: [
        value('QUIZBOARD_QUIZ_SERVICE_URL', urlOf(build, 'quiz-service', PORTS.http)),
        value('QUIZBOARD_ANSWER_SERVICE_URL', urlOf(build, 'answer-service', PORTS.http)),
        value('QUIZBOARD_LEADERBOARD_SERVICE_URL', urlOf(build, 'leaderboard-service', PORTS.http)),
        ...(url === undefined ? [] : [value('QUIZBOARD_PUBLIC_URL', url)]),
      ],
    })
  },
}
