/** Watches what becomes durable in the answer store, as it does. */
import type { PlayerChange } from '@quizboard/answer-service/ports/answer-store.ts'
import type { Facts, Stored } from '../facts.ts'

/** No answer is accepted for a question once its key has been shown to anyone, nor after its deadline. */
export const watchCommits = (facts: Facts, violate: (rule: string, detail: string) => void) => {
  return ({ record, answers }: PlayerChange): void => {
    const stored = facts.stored.get(record.user_id) ?? new Map<number, Stored>()
    facts.stored.set(record.user_id, stored)
    for (const { user_id, question_id, seq, update_ts, is_correct, score, streak } of answers) {
      // What is only released keeps its seq.
      if (stored.has(seq)) continue
      const at = Date.parse(update_ts)
      stored.set(seq, { questionId: question_id, isCorrect: is_correct, score, streak, at })
      const what = `answer ${seq} of ${user_id} to ${question_id}`
      if (facts.keysShown.has(question_id)) violate('Q7.3', `${what} was accepted after the key had been shown`)
      const deadline = facts.opened.get(question_id)?.deadline
      if (deadline !== undefined && deadline !== null && at >= deadline)
        violate('Q7.3', `${what} was received at ${update_ts}, after its deadline`)
      if (seq > record.seq) violate('Q1.2', `${what} is stored with a record of seq ${record.seq}`)
    }
  }
}
