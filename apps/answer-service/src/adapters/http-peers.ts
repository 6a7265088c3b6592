/** The other replicas by their internal ports. */
import { peerStopReply } from '@quizboard/shared/contracts/internal.ts'
import { callInternal } from '@quizboard/shared/http/internal-client.ts'
import type { Replica } from '../ports/answer-store.ts'
import type { Peers } from '../ports/peers.ts'

/** `timeoutMs`: for one call; who waits less has stopped listening by then. */
export const createHttpPeers = ({ secret, timeoutMs }: { secret: string; timeoutMs: number }): Peers => {
  const tell = async ({ id, address }: Replica, what: 'stops' | 'revocations', body: unknown) => {
    const path = `/internal/v1/replicas/${encodeURIComponent(id)}/${what}`
    return callInternal(address, secret, { method: 'POST', path, body, timeoutMs })
  }
  return {
    async stop(replica, quizId, questionIds) {
      const reply = await tell(replica, 'stops', { quiz_id: quizId, question_ids: questionIds })
      return peerStopReply.parse(reply).state
    },
    async revoke(replica, quizId, questionId) {
      await tell(replica, 'revocations', { quiz_id: quizId, question_id: questionId })
    },
  }
}
