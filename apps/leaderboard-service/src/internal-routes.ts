/** What the other replicas ask of this one, on the internal port. */
import { ownerAnnouncement, releaseRequest } from '@quizboard/shared/contracts/feed.ts'
import { ProblemError } from '@quizboard/shared/http/problem.ts'
import { type Route, route } from '@quizboard/shared/http/route.ts'
import type { Shards } from './app/shards.ts'

const PATH = '/internal/v1/partitions/:partition'

export const internalRoutes = (shards: Pick<Shards, 'release' | 'announced'>, partitions: number): Route[] => {
  const numberOf = (text = ''): number => {
    const partition = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN
    if (partition < partitions) return partition
    throw new ProblemError('route/unknown', `There is no such partition, only 0–${partitions - 1}`)
  }
  return [
    route({
      method: 'POST',
      path: `${PATH}/release`,
      auth: 'host',
      summary: 'Hand a partition over',
      body: { schema: releaseRequest },
      replies: { 204: null },
      async handle({ params, body: { epoch, to } }) {
        if (await shards.release(numberOf(params.partition), epoch, to)) return { status: 204 }
        throw new ProblemError('route/unknown', 'This replica does not own the partition in that epoch')
      },
    }),
    route({
      method: 'POST',
      path: `${PATH}/owner`,
      auth: 'host',
      summary: 'Learn who owns a partition now',
      body: { schema: ownerAnnouncement },
      replies: { 204: null },
      async handle({ params, body: { epoch, owner } }) {
        shards.announced(numberOf(params.partition), epoch, owner)
        return { status: 204 }
      },
    }),
  ]
}
