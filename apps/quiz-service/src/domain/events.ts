/** What the other services learn, as records of the event log. */
import {
  type DefinitionEvent,
  type LifecycleEvent,
  type PlayerEvent,
  TOPICS,
} from '@quizboard/shared/contracts/events.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { type Player, type Quiz, toOpenQuestion } from './quiz.ts'

/** A record that waits in the outbox. */
export interface OutboxRecord {
  topic: string
  key: string
  /** The quiz: all records of one are in its partition, in the order in which they were written. */
  quizId: string
  value: string
}

export const definitionRecord = (quiz: Quiz, questions: readonly Question[]): OutboxRecord => {
  const event: DefinitionEvent = {
    quiz_id: quiz.quizId,
    mode: quiz.mode,
    scoring: quiz.scoring,
    feedback: quiz.feedback,
    reanswer: quiz.reanswer,
    questions: [...questions],
  }
  return { topic: TOPICS.definitions, key: quiz.quizId, quizId: quiz.quizId, value: JSON.stringify(event) }
}

/** The key is in it once the current question is closed, never before. */
export const lifecycleRecord = (quiz: Quiz): OutboxRecord => {
  const { current } = quiz
  const event: LifecycleEvent = {
    quiz_id: quiz.quizId,
    title: quiz.title,
    revision: quiz.revision,
    state: quiz.state,
    mode: quiz.mode,
    scoring: quiz.scoring,
    feedback: quiz.feedback,
    reanswer: quiz.reanswer,
    question_count: quiz.questionCount,
    position: current?.position ?? null,
    ...(current && {
      question: {
        ...toOpenQuestion(current),
        state: current.state,
        ...(current.state === 'closed' && { answer: current.question.answer }),
      },
    }),
    ...(quiz.closedAt !== null && { closed_at: toTimestamp(quiz.closedAt) }),
  }
  return { topic: TOPICS.lifecycle, key: quiz.quizId, quizId: quiz.quizId, value: JSON.stringify(event) }
}

export const playerRecord = ({ quizId, userId, name, joinedAt }: Player): OutboxRecord => {
  const event: PlayerEvent = { quiz_id: quizId, user_id: userId, name, joined_at: toTimestamp(joinedAt) }
  return { topic: TOPICS.players, key: `${quizId}/${userId}`, quizId, value: JSON.stringify(event) }
}
