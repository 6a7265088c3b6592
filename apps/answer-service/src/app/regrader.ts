/**
 * A corrected key: stored, then taken up by every replica, then every answer to its question is judged again. Answers that come
 * meanwhile are judged by it from the start. It may be interrupted anywhere and begun again: an answer that has its verdict keeps it.
 */
import type { RegradeReply } from '@quizboard/shared/contracts/internal.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Correction } from '../domain/correction.ts'
import type { StoredAnswer } from '../domain/player.ts'
import { regradeAnswer } from '../domain/regrade.ts'
import { type AnswerStore, StoreUnavailable } from '../ports/answer-store.ts'
import type { PlayerOperation } from './committer.ts'
import type { CurrentCommitter } from './current-committer.ts'
import type { InFlight } from './in-flight.ts'
import type { Observer } from './observer.ts'
import type { QuizCache } from './quiz-cache.ts'

/**
 * `answers`: to the question, that this page looked at; `changed`: those whose verdict this correction changed; `next`: the `after`
 * of the next page. Without `after` the page is the first one, and the correction is stored. Rejects with StoreUnavailable, and
 * can be called again.
 */
export type Regrade = (correction: Correction, after?: string) => Promise<RegradeReply>

export const createRegrader = (deps: {
  store: AnswerStore
  committer: CurrentCommitter
  cache: QuizCache
  inFlight: InFlight
  /** Resolves once no replica judges by an older key, and what was judged so before is durable or refused. */
  revokeEverywhere(quizId: string, questionId: string): Promise<void>
  clock: Clock
  observer: Observer
  batch: number
}): Regrade => {
  const { store, committer, cache, inFlight, revokeEverywhere, clock, observer, batch } = deps

  /** In memory, with the correction or a newer one. */
  const correctedDefinition = ({ quiz_id, question_id, revision }: Correction) => {
    const definition = cache.definition(quiz_id)
    return (definition?.corrections.get(question_id) ?? 0) < revision ? undefined : definition
  }
  /**
   * This replica may not have been told of the correction: it was fenced, and does not know yet. By the old key nothing would change,
   * so no commit would tell it.
   */
  const loadCorrected = async (correction: Correction) => {
    const { quiz_id } = correction
    await cache.loadDefinition(quiz_id)
    if (correctedDefinition(correction)) return
    await cache.revokeDefinition(quiz_id)
    if (!(await cache.loadDefinition(quiz_id))) throw new StoreUnavailable('the definition cannot be read')
  }

  /** The key is looked up, and the operation has its place in the queue, in one step: no correction can come between. */
  const enqueue = async ({ quiz_id, user_id, question_id }: StoredAnswer, correction: Correction) => {
    const commits = committer()
    const quiz = cache.find(quiz_id)
    const definition = correctedDefinition(correction)
    if (!commits || !quiz || !definition) throw new StoreUnavailable('the quiz is not known here at this moment')
    const question = definition.byId.get(question_id)
    if (!question) return undefined
    const operation: PlayerOperation<StoredAnswer | undefined> = {
      quiz_id,
      user_id,
      question_ids: [question_id],
      answer_id: undefined,
      decide(state) {
        const revision = definition.corrections.get(question_id) ?? 0
        const decision = regradeAnswer(state, quiz.rules, question, { revision, now: clock.now() })
        if (decision.kind === 'unchanged') return { change: undefined, outcome: decision.doc }
        const { doc, event } = decision
        return { change: { state: decision.state, doc, event, result: undefined }, outcome: doc }
      },
    }
    const outcome = commits.run(operation)
    inFlight.add({ quiz_id, question_id }, outcome)
    return outcome
  }

  return async (correction, after) => {
    const { quiz_id, question_id, revision } = correction
    if (after === undefined) {
      await store.correct(correction)
      await revokeEverywhere(quiz_id, question_id)
    }
    const behind = after === undefined ? {} : { after: { user_id: after, question_id } }
    const docs = await store.list(quiz_id, { question_id, limit: batch, ...behind })
    const last = docs.at(-1)
    if (!last) return { answers: 0, changed: 0 }
    await loadCorrected(correction)
    const outcomes = await Promise.allSettled(docs.map((doc) => enqueue(doc, correction)))
    let changed = 0
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') throw outcome.reason
      if (outcome.value?.regraded?.revision === revision) changed++
    }
    observer.regraded(changed)
    return { answers: docs.length, changed, ...(docs.length < batch ? {} : { next: last.user_id }) }
  }
}
