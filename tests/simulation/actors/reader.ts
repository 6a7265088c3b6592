/** A player reads the own answers: nothing acknowledged is missing, and nothing is told before its time. */
import type { QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'

export const read = async (world: World, { quizId, feedback }: QuizPlan, userId: string): Promise<void> => {
  const { facts, violate } = world
  /** What is acknowledged before the request is sent must be in the reply. */
  const before = facts.acknowledged.filter((ack) => ack.quizId === quizId && ack.userId === userId)
  const reply = await world.request(
    `${userId} reads the own answers in ${quizId}`,
    () => world.reach('answers'),
    async ({ app }) => {
      // As its route does: who does not know the quiz says so.
      if (!(await app.findQuiz(quizId))) return undefined
      const docs = await app.read.ofPlayer(quizId, userId)
      for (const { question_id, key, is_correct } of docs) {
        if (key !== undefined && !facts.closed.has(question_id))
          violate('Q7.1', `${userId} read the key of ${question_id} before it was closed`)
        if (key === undefined && feedback === 'reveal' && is_correct !== undefined)
          violate('Q7.4', `${userId} read is_correct of ${question_id} before it was closed`)
      }
      return docs
    },
  )
  if (reply.kind !== 'reply' || !reply.value) return
  const seqs = new Map(reply.value.map(({ question_id, seq }) => [question_id, seq]))
  for (const { result } of before)
    if ((seqs.get(result.question_id) ?? 0) < result.seq)
      violate('Q1.1', `${userId} read ${JSON.stringify([...seqs])} after answer ${result.seq} to ${result.question_id}`)
}
