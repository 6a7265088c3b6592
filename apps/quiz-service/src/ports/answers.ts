/** What the quiz-service asks of the answer-service: in-process in the embedded product, internal HTTP between processes. */
import type { RegradeReply, RegradeRequest } from '@quizboard/shared/contracts/internal.ts'

/** No replica of the answer-service did it in time; it may be done all the same. */
export class AnswersUnavailable extends Error {
  constructor(cause: unknown) {
    super('no answer-service is available', { cause })
    this.name = 'AnswersUnavailable'
  }
}

/** Every call may reject with AnswersUnavailable, and may then be made again. */
export interface Answers {
  /**
   * Resolves once no answer-service replica accepts an answer to the question any more, and every answer accepted before
   * is durable. Idempotent. Step one of the two-step close: only afterwards may the key be shown.
   */
  stopAccepting(quizId: string, questionIds: readonly string[]): Promise<void>
  /** Ids of the questions that this player has answered. */
  answered(quizId: string, userId: string): Promise<string[]>
  /**
   * A page of the answers to a question is judged by its corrected key, on every replica; answers that come afterwards are too. The
   * first page has no `after`, each other one the `next` of the page before; no `next`: it was the last. Each may be asked again.
   */
  regrade(quizId: string, request: RegradeRequest): Promise<RegradeReply>
}
