/** The other replicas of the answer-service, by their internal ports. */
import type { Replica } from './answer-store.ts'

/** `ended`: what it had accepted has ended, too. `under way`: that takes longer than a moment; ask again. */
export type PeerProgress = 'ended' | 'under way'

export interface Peers {
  /**
   * Resolves once this registration takes no more answers to the questions, with whether those it had accepted have ended. Rejects if
   * it cannot be reached, or is another one by now. Idempotent.
   */
  stop(replica: Replica, quizId: string, questionIds: readonly string[]): Promise<PeerProgress>
  /**
   * Resolves once this registration judges answers to the question by no key older than the stored correction, and those that it had
   * judged before have ended. Rejects as `stop`. Idempotent.
   */
  revoke(replica: Replica, quizId: string, questionId: string): Promise<void>
}
