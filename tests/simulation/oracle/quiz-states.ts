/** Watches what becomes durable in the quiz store, and notes in `facts` what others are judged by. */
import type { Player, Quiz } from '@quizboard/quiz-service/domain/quiz.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import type { Facts } from '../facts.ts'
import { isCorrectedBy } from './right-texts.ts'

export interface QuizWatch {
  /** A state of a quiz was stored, or its question was corrected in it. */
  quiz(quiz: Quiz): void
  corrected(before: Question, after: Question): void
  /** `quiz`: as it was then; `before`: who is in it. */
  joined(quiz: Quiz, before: readonly Player[], added: readonly Player[]): void
}

export const watchQuizzes = (facts: Facts, violate: (rule: string, detail: string) => void): QuizWatch => {
  const newest = new Map<string, { revision: number; content: string }>()
  /** Whatever a client is shown of a quiz has a revision of its own. */
  const judgeRevision = ({ quizId, revision, state, current }: Quiz) => {
    const shown = current && {
      ...{ position: current.position, state: current.state, openedAt: current.openedAt, deadline: current.deadline },
      answer: current.state === 'closed' ? current.question.answer : undefined,
    }
    const content = JSON.stringify({ state, shown })
    const before = newest.get(quizId)
    newest.set(quizId, { revision, content })
    if (before && (revision < before.revision || (revision === before.revision && content !== before.content)))
      violate(
        'Q5.3',
        `${quizId} is ${content} at revision ${revision}, and was ${before.content} at ${before.revision}`,
      )
  }
  return {
    quiz(quiz) {
      judgeRevision(quiz)
      const { current, state } = quiz
      if (!current) return
      const { question_id } = current.question
      facts.opened.set(question_id, { openedAt: current.openedAt, deadline: current.deadline })
      for (const [id] of facts.opened) if (id !== question_id && isOfSameQuiz(id, question_id)) facts.closed.add(id)
      if (current.state === 'closed' || state === 'closed') facts.closed.add(question_id)
    },
    corrected(before, after) {
      const { question_id: id } = after
      facts.corrected.set(id, after)
      if (!facts.corrections.get(id)?.some((request) => isCorrectedBy(before, request, after)))
        violate('Q12.1', `${JSON.stringify(after)} is not what was asked of ${JSON.stringify(before)}`)
    },
    joined({ quizId, state }, before, added) {
      if (state !== 'open' && state !== 'running') violate('Q8.3', `somebody joined ${quizId}, which is ${state}`)
      const all = [...before, ...added]
      const differ = (what: string, list: readonly (string | null)[]) => {
        if (new Set(list).size < list.length)
          violate('Q8.2', `two players of ${quizId} have one ${what}: ${list.join()}`)
      }
      differ(
        'join_id',
        all.map(({ joinId }) => joinId),
      )
      differ(
        'name',
        all.map(({ name }) => name),
      )
    },
  }
}

const isOfSameQuiz = (a: string, b: string): boolean =>
  a.slice(0, a.lastIndexOf('-')) === b.slice(0, b.lastIndexOf('-'))
