/** Watches what becomes durable in the answer store, as it does. */
import type { PlayerChange } from '@quizboard/answer-service/ports/answer-store.ts'
import type { Facts, Stored } from '../facts.ts'

/**
 * No answer is accepted for a question once its close is durable, and so its key may be shown, nor after its deadline; under `reveal` none is counted
 * before its question is closed.
 */
export const watchCommits = (facts: Facts, violate: (rule: string, detail: string) => void) => {
  /** By user_id, then question_id: of the latest answer. */
  const verdicts = new Map<string, Map<string, boolean>>()
  const times = new Map<string, Map<string, number>>()
  return ({ record, answers }: PlayerChange): void => {
    const stored = facts.stored.get(record.user_id) ?? new Map<number, Stored>()
    facts.stored.set(record.user_id, stored)
    const latest = verdicts.get(record.user_id) ?? new Map<string, boolean>()
    verdicts.set(record.user_id, latest)
    const elapsed = times.get(record.user_id) ?? new Map<string, number>()
    times.set(record.user_id, elapsed)
    const isReveal = facts.plans.get(record.quiz_id)?.feedback === 'reveal'
    for (const {
      user_id,
      question_id,
      seq,
      update_ts,
      is_correct,
      score,
      streak,
      held,
      elapsed_ms,
      regraded,
    } of answers) {
      const before = new Map(latest)
      latest.set(question_id, is_correct)
      const what = `answer ${seq} of ${user_id} to ${question_id}`
      if (isReveal && !held && !facts.closed.has(question_id))
        violate('Q7.4', `${what} is counted before its question is closed`)
      const soonest = elapsed.get(question_id) ?? 0
      if (elapsed_ms < soonest) violate('Q2.3', `${what} took ${elapsed_ms} ms, and one before it ${soonest} ms`)
      elapsed.set(question_id, elapsed_ms)
      // What is only released or regraded keeps its seq.
      if (stored.has(seq)) continue
      const at = Date.parse(update_ts)
      if (regraded) facts.unseen.add(user_id)
      const { is_correct: isCorrect, score: points } = regraded?.was ?? { is_correct, score }
      stored.set(seq, { questionId: question_id, isCorrect, score: points, streak, at, before })
      if (facts.closed.has(question_id)) violate('Q7.3', `${what} was accepted after its key may have been shown`)
      const deadline = facts.opened.get(question_id)?.deadline
      if (deadline !== undefined && deadline !== null && at >= deadline)
        violate('Q7.3', `${what} was received at ${update_ts}, after its deadline`)
      if (seq > record.seq) violate('Q1.2', `${what} is stored with a record of seq ${record.seq}`)
    }
  }
}
