/** Watches what comes to lie in the log: no topic that others read says anything before its time. */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Facts } from '../facts.ts'

interface Told {
  quiz_id?: string
  revision?: number
  question_id?: string
  question?: { question_id: string; answer?: string }
}

export const watchRecords =
  (facts: Facts, violate: (rule: string, detail: string) => void) =>
  ({ topic, value }: { topic: string; value: string }): void => {
    if (topic === TOPICS.lifecycle) {
      const { question } = JSON.parse(value) as Told
      if (question) facts.logged.add(question.question_id)
      if (question?.answer !== undefined && !facts.closed.has(question.question_id))
        violate('Q7.1', `the key of ${question.question_id} is in ${topic} before it is closed`)
    }
    // Others append to it, whatever they like.
    if (topic === TOPICS.scores && value.includes('"question_id"')) {
      const { quiz_id = '', question_id = '', revision } = JSON.parse(value) as Told
      const isReveal = facts.plans.get(quiz_id)?.feedback === 'reveal'
      if (isReveal && revision !== undefined && !facts.closed.has(question_id))
        violate('Q7.4', `an answer to ${question_id} is in ${topic} before it is closed: ${value}`)
    }
  }
