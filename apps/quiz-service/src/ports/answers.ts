/** What the quiz-service asks of the answer-service: in-process in the embedded product, internal HTTP between processes. */
export interface Answers {
  /**
   * Resolves once no answer-service replica accepts an answer to the question any more, and every answer accepted before
   * is durable. Idempotent. Step one of the two-step close: only afterwards may the key be shown.
   */
  stopAccepting(quizId: string, questionIds: readonly string[]): Promise<void>
  /** Ids of the questions that this player has answered. */
  answered(quizId: string, userId: string): Promise<string[]>
}
