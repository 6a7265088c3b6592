/** Rows of PostgreSQL and what they mean. */
import type { Deck, Question } from '@quizboard/shared/contracts/rest.ts'
import type { CurrentQuestion, Player, Quiz, QuizQuestion } from '../domain/quiz.ts'
import type { Key, Regrade } from '../domain/regrade.ts'

export interface DeckRow {
  deck_id: string
  title: string
  questions: Question[]
  created_at: Date
  updated_at: Date
}
export const toDeck = (row: DeckRow): Deck => ({
  deck_id: row.deck_id,
  title: row.title,
  questions: row.questions,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})

export interface QuizRow {
  quiz_id: string
  deck_id: string
  title: string
  mode: Quiz['mode']
  scoring: Quiz['scoring']
  feedback: Quiz['feedback']
  reanswer: Quiz['reanswer']
  question_count: number
  state: Quiz['state']
  position: number | null
  revision: number
  players: number
  created_at: Date
  closed_at: Date | null
  current_question: Question | null
  current_state: 'waiting' | CurrentQuestion['state'] | null
  opened_at: Date | null
  deadline: Date | null
  following_question: Question | null
}

/** A quiz with its current question and the one after it. */
export const SELECT_QUIZ = `
  select q.quiz_id, q.deck_id, q.title, q.mode, q.scoring, q.feedback, q.reanswer, q.question_count, q.state, q.position,
    q.revision, q.players, q.created_at, q.closed_at, c.question as current_question, c.state as current_state,
    c.opened_at, c.deadline, f.question as following_question
  from quizzes q
  left join quiz_questions c on c.quiz_id = q.quiz_id and c.position = q.position
  left join quiz_questions f on f.quiz_id = q.quiz_id and f.position = coalesce(q.position, 0) + 1`

const toCurrent = (row: QuizRow): CurrentQuestion | null => {
  if (row.position === null) return null
  if (!row.current_question || !row.opened_at || row.current_state === null || row.current_state === 'waiting')
    throw new Error(`question ${row.position} of quiz ${row.quiz_id} is current but was not opened`)
  return {
    position: row.position,
    question: row.current_question,
    state: row.current_state,
    openedAt: row.opened_at.getTime(),
    deadline: row.deadline?.getTime() ?? null,
  }
}

export const toQuiz = (row: QuizRow): Quiz => ({
  quizId: row.quiz_id,
  deckId: row.deck_id,
  title: row.title,
  mode: row.mode,
  scoring: row.scoring,
  feedback: row.feedback,
  reanswer: row.reanswer,
  questionCount: row.question_count,
  createdAt: row.created_at.getTime(),
  state: row.state,
  revision: row.revision,
  players: row.players,
  current: toCurrent(row),
  following: row.following_question,
  closedAt: row.closed_at?.getTime() ?? null,
})

export interface QuestionRow {
  position: number
  question: Question
  opened_at: Date | null
  deadline: Date | null
}
export const toQuizQuestion = (row: QuestionRow): QuizQuestion => ({
  position: row.position,
  question: row.question,
  openedAt: row.opened_at?.getTime() ?? null,
  deadline: row.deadline?.getTime() ?? null,
})

export interface RegradeRow {
  quiz_id: string
  revision: number
  question_id: string
  answer: string
  accept: string[]
  was: Key | null
  made_at: Date
  done_at: Date | null
  answers: number
  changed: number
}
export const SELECT_REGRADE = `
  select quiz_id, revision, question_id, answer, accept, was, made_at, done_at, answers, changed from regrades`
export const toRegrade = (row: RegradeRow): Regrade => ({
  quizId: row.quiz_id,
  revision: row.revision,
  questionId: row.question_id,
  answer: row.answer,
  accept: row.accept,
  was: row.was,
  madeAt: row.made_at.getTime(),
  doneAt: row.done_at?.getTime() ?? null,
  answers: row.answers,
  changed: row.changed,
})

export interface PlayerRow {
  quiz_id: string
  user_id: string
  name: string
  join_id: string | null
  joined_at: Date
}
export const toPlayer = (row: PlayerRow): Player => ({
  quizId: row.quiz_id,
  userId: row.user_id,
  name: row.name,
  joinId: row.join_id,
  joinedAt: row.joined_at.getTime(),
})
