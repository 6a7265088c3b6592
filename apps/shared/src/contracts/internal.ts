/** What our services and their replicas say to each other on the internal port, by the internal secret. */
import { z } from 'zod'

const ids = z.array(z.string().min(1).max(200)).max(500)

/** To the answer-service: no replica is to accept answers to these questions any more. 204 once that is so. */
export const stopRequest = z.object({ question_ids: ids }).meta({ id: 'StopRequest' })
export type StopRequest = z.infer<typeof stopRequest>

/** To one replica of the answer-service: the same, for this replica alone. */
export const peerStopRequest = stopRequest
  .extend({ quiz_id: z.string().min(1).max(200) })
  .meta({ id: 'PeerStopRequest' })

/** It takes no more answers to them; `ended`: those that it had accepted have ended, too. `under way`: ask again. */
export const peerStopReply = z.object({ state: z.enum(['ended', 'under way']) }).meta({ id: 'PeerStopReply' })

/** To one replica of the answer-service: judge by no key of this question that is older than its stored correction. 204 once so. */
export const peerRevokeRequest = z
  .object({ quiz_id: z.string().min(1).max(200), question_id: z.string().min(1).max(200) })
  .meta({ id: 'PeerRevokeRequest' })

/** To the answer-service: a page of the answers to a question is judged by its corrected key. `after`: see the reply. */
export const regradeRequest = z
  .object({
    question_id: z.string().min(1).max(200),
    /** Of the quiz's corrections, from 1. */
    revision: z.int().positive(),
    answer: z.string(),
    accept: z.array(z.string()),
    after: z.string().optional(),
  })
  .meta({ id: 'RegradeRequest' })
export type RegradeRequest = z.infer<typeof regradeRequest>

/** `next`: the `after` of the next page; absent: there is none. */
export const regradeReply = z
  .object({ answers: z.int(), changed: z.int(), next: z.string().optional() })
  .meta({ id: 'RegradeReply' })
export type RegradeReply = z.infer<typeof regradeReply>

/** Of one player: the questions that have been answered. */
export const answeredReply = z.object({ question_ids: z.array(z.string()) }).meta({ id: 'AnsweredReply' })
export type AnsweredReply = z.infer<typeof answeredReply>

/** To the quiz-service, by a launcher: a one-time code for the host's link. */
export const loginCodeReply = z.object({ code: z.string() }).meta({ id: 'LoginCodeReply' })
