import type { ServiceName } from '../crd/status.ts'
import type { Build } from '../platform/build.ts'

type Service = 'quizService' | 'answerService' | 'leaderboardService' | 'gateway'
/** Field of the spec, by service. */
export const FIELDS: Readonly<Record<ServiceName, Service>> = {
  'quiz-service': 'quizService',
  'answer-service': 'answerService',
  'leaderboard-service': 'leaderboardService',
  gateway: 'gateway',
}

/** `registry/repository/service:tag`; what the service says for itself wins, a digest over a tag, a whole reference over all. */
export const imageOf = ({ spec, version }: Pick<Build, 'spec' | 'version'>, service: ServiceName): string => {
  const { registry, repository, tag } = spec.image
  const own = spec[FIELDS[service]].image
  if (own?.ref !== undefined) return own.ref
  const name = own?.repository ?? [registry, repository, service].filter((part) => part !== undefined).join('/')
  return own?.digest ? `${name}@${own.digest}` : `${name}:${own?.tag ?? tag ?? version}`
}
