/** Accepts one answer of one player: pure, so that a conflict or a simulation can decide again. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { AnswerResult, FeedbackMode, ReanswerMode, ScoringMode } from '@quizboard/shared/contracts/rest.ts'
import { toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { type Definition, isRight, type KeyedQuestion } from './definition.ts'
import type { PlayerRecord, PlayerState, StoredAnswer } from './player.ts'
import { pointsOf } from './scoring.ts'

export interface Rules {
  scoring: ScoringMode
  feedback: FeedbackMode
  reanswer: ReanswerMode
}

/** An answer to a question that was open at `received_at`. */
export interface Submission {
  answer: string
  answer_id: string | undefined
  /** Server time of receipt, milliseconds since the Unix epoch. */
  received_at: number
  /** When the question opened, milliseconds since the Unix epoch. */
  opened_at: number
}

export type AnswerDecision =
  | { kind: 'accepted'; state: PlayerState; doc: StoredAnswer; result: AnswerResult; event: ScoreEvent | undefined }
  /** The same answer_id came before: its first result, and nothing changes. */
  | { kind: 'repeated'; result: AnswerResult }
  | { kind: 'refused'; code: 'answer/already_given' }

/** Questions directly before `question` in deck order whose latest answer is right. */
const streakBefore = (definition: Definition, question: KeyedQuestion, answers: PlayerState['answers']): number => {
  let streak = 0
  for (let i = question.position - 2; i >= 0; i--) {
    const before = definition.questions[i]
    if (!before || !answers.get(before.question_id)?.is_correct) break
    streak++
  }
  return streak
}

/**
 * The version of the record is its committer's and stays. `state.answers` must have the player's answer to `question`, and under scoring `streak` all of them; `state.results` the
 * result of `submission.answer_id`, where there is one.
 */
export const decideAnswer = (
  state: PlayerState,
  rules: Rules,
  definition: Definition,
  question: KeyedQuestion,
  submission: Submission,
): AnswerDecision => {
  const { answer_id } = submission
  const first = answer_id === undefined ? undefined : state.results.get(answer_id)
  if (first) return { kind: 'repeated', result: first }
  const previous = state.answers.get(question.question_id)
  if (previous && rules.reanswer === 'never') return { kind: 'refused', code: 'answer/already_given' }

  const doc = makeDoc(state, rules, definition, question, submission, previous)
  const { record, event } = count(state.record, doc, previous)
  const result: AnswerResult = { question_id: doc.question_id, seq: doc.seq }
  if (!doc.held) Object.assign(result, { is_correct: doc.is_correct, score: doc.score, total: record.total })
  const next: PlayerState = {
    record,
    answers: new Map(state.answers).set(doc.question_id, doc),
    results: answer_id === undefined ? state.results : new Map(state.results).set(answer_id, result),
  }
  return { kind: 'accepted', state: next, doc, result, event }
}

const makeDoc = (
  { record, answers }: PlayerState,
  { scoring, feedback }: Rules,
  definition: Definition,
  question: KeyedQuestion,
  { answer, received_at, opened_at }: Submission,
  previous: StoredAnswer | undefined,
): StoredAnswer => {
  // A clock that is set back must not make a re-answer faster than what it replaces.
  const elapsed_ms = Math.max(0, Math.round(received_at - opened_at), previous?.elapsed_ms ?? 0)
  const streak = scoring === 'streak' ? streakBefore(definition, question, answers) : undefined
  const is_correct = isRight(question, answer)
  const { points, time_limit_ms } = question
  return {
    user_id: record.user_id,
    quiz_id: record.quiz_id,
    question_id: question.question_id,
    answer,
    is_correct,
    score: pointsOf({ scoring, points, time_limit_ms, isCorrect: is_correct, elapsed_ms, streak: streak ?? 0 }),
    update_ts: toTimestamp(received_at),
    seq: record.seq + 1,
    elapsed_ms,
    ...(streak === undefined ? {} : { streak }),
    held: feedback === 'reveal',
  }
}

/** A held answer moves `seq` alone; another one the total, by the difference to what it replaces. */
const count = (
  record: PlayerRecord,
  doc: StoredAnswer,
  previous: StoredAnswer | undefined,
): { record: PlayerRecord; event: ScoreEvent | undefined } => {
  const accepted = { ...record, seq: doc.seq }
  if (doc.held) return { record: accepted, event: undefined }
  return countScore(accepted, doc, doc.score - (previous && !previous.held ? previous.score : 0))
}

/** The total moves by `change`, on account of `doc`; one event tells it. */
export const countScore = (
  record: PlayerRecord,
  doc: StoredAnswer,
  change: number,
): { record: PlayerRecord; event: ScoreEvent } => {
  const counted: PlayerRecord = {
    ...record,
    revision: record.revision + 1,
    total: record.total + change,
    counted_seq: Math.max(record.counted_seq, doc.seq),
    reached_at: change === 0 ? record.reached_at : latest(record.reached_at, doc.update_ts),
  }
  const event: ScoreEvent = {
    quiz_id: doc.quiz_id,
    user_id: doc.user_id,
    score: change,
    question_id: doc.question_id,
    total: counted.total,
    seq: counted.counted_seq,
    revision: counted.revision,
    answered_at: doc.update_ts,
    ...(counted.reached_at === null ? {} : { reached_at: counted.reached_at }),
  }
  return { record: counted, event }
}

/** Answers are counted in the order of their questions, which need not be that of their times. Timestamps sort as text. */
const latest = (a: string | null, b: string): string => (a !== null && a > b ? a : b)
