/**
 * The lifecycle of a quiz as one pure function. Closing a question has two steps: it is marked `closing`, every
 * answer-service stops accepting, and only then it is closed and its key shown, together with what the command wanted.
 */
import type { CurrentQuestion, Quiz } from './quiz.ts'

export type Command =
  | { kind: 'open' | 'start' | 'close' }
  /** Without `position`: the question that is current when the command is first looked at. */
  | { kind: 'reveal' | 'next'; position?: number | undefined }
  /** The question's time is over, or someone began to close it and did not finish. */
  | { kind: 'expire'; position: number }

export type Refusal = {
  code: 'quiz/wrong_state' | 'quiz/moved_on' | 'quiz/no_next_question'
  detail: string
}

export type Decision =
  /** It is already so. */
  | { kind: 'unchanged' }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'changed'; quiz: Quiz }
  /**
   * Answers to the current question must be stopped; then the command is decided again, with `stopped`. `quiz`: with the
   * question marked as closing, to be stored before; undefined: it is already.
   */
  | { kind: 'stop_answers'; position: number; questionId: string; quiz?: Quiz }

/** `stopped`: position of the question to which, as the caller knows, no answer is accepted any more. */
export const decide = (quiz: Quiz, command: Command, now: number, stopped?: number): Decision => {
  switch (command.kind) {
    case 'open':
      if (quiz.state === 'open') return UNCHANGED
      if (quiz.state !== 'draft') return wrongState(quiz, command)
      return changed(quiz, { state: 'open' })
    case 'start':
      if (quiz.state === 'running') return UNCHANGED
      if (quiz.state !== 'open') return wrongState(quiz, command)
      return changed(quiz, { state: 'running', ...openFollowing(quiz, now) })
    case 'close':
      return decideClose(quiz, command, now, stopped)
    case 'expire':
      return decideExpire(quiz, command.position, now, stopped)
    default:
      return decideMove(quiz, command, now, stopped)
  }
}

const UNCHANGED = { kind: 'unchanged' } as const

const changed = (quiz: Quiz, change: Partial<Quiz>): Decision => ({
  kind: 'changed',
  quiz: { ...quiz, ...change, revision: quiz.revision + 1 },
})

const refused = (code: Refusal['code'], detail: string): Decision => ({ kind: 'refused', refusal: { code, detail } })

const wrongState = (quiz: Quiz, { kind }: Command): Decision =>
  refused('quiz/wrong_state', `"${kind}" is not possible while the quiz is ${quiz.state}`)

/** The store loads the question after the one that is opened. */
const openFollowing = (quiz: Quiz, now: number): { current: CurrentQuestion; following: null } => {
  const question = quiz.following
  if (!question) throw new Error(`quiz ${quiz.quizId} has no question after position ${quiz.current?.position ?? 0}`)
  const limit = question.time_limit_ms
  return {
    current: {
      position: (quiz.current?.position ?? 0) + 1,
      question,
      state: 'open',
      openedAt: now,
      deadline: limit === null ? null : now + limit,
    },
    following: null,
  }
}

const isStopped = (current: CurrentQuestion, stopped: number | undefined): boolean =>
  current.state === 'closed' || (current.state === 'closing' && stopped === current.position)

const stopAnswers = (quiz: Quiz, current: CurrentQuestion): Decision => {
  const stop = { kind: 'stop_answers', position: current.position, questionId: current.question.question_id } as const
  if (current.state === 'closing') return stop
  return { ...stop, quiz: { ...quiz, current: { ...current, state: 'closing' }, revision: quiz.revision + 1 } }
}

const closeCurrent = (current: CurrentQuestion | null): CurrentQuestion | null =>
  current && { ...current, state: 'closed' }

const decideClose = (quiz: Quiz, command: Command, now: number, stopped: number | undefined): Decision => {
  if (quiz.state === 'closed') return UNCHANGED
  if (quiz.state === 'draft') return wrongState(quiz, command)
  if (quiz.current && !isStopped(quiz.current, stopped)) return stopAnswers(quiz, quiz.current)
  return changed(quiz, { state: 'closed', current: closeCurrent(quiz.current), closedAt: now })
}

const decideExpire = (quiz: Quiz, position: number, now: number, stopped: number | undefined): Decision => {
  const { current } = quiz
  if (quiz.state !== 'running' || !current || current.position !== position) return UNCHANGED
  if (current.state === 'closed') return UNCHANGED
  if (current.state === 'open' && (current.deadline === null || now < current.deadline)) return UNCHANGED
  if (!isStopped(current, stopped)) return stopAnswers(quiz, current)
  return changed(quiz, { current: closeCurrent(current) })
}

const decideMove = (
  quiz: Quiz,
  command: Command & { kind: 'reveal' | 'next' },
  now: number,
  stopped: number | undefined,
): Decision => {
  const { current } = quiz
  if (quiz.state !== 'running' || !current) return wrongState(quiz, command)
  if (command.position !== undefined && command.position !== current.position)
    return refused('quiz/moved_on', `Question ${current.position} is current, not ${command.position}`)
  if (command.kind === 'reveal') {
    if (current.state === 'closed') return UNCHANGED
    if (!isStopped(current, stopped)) return stopAnswers(quiz, current)
    return changed(quiz, { current: closeCurrent(current) })
  }
  if (current.position >= quiz.questionCount)
    return refused('quiz/no_next_question', `Question ${current.position} is the last one`)
  if (!isStopped(current, stopped)) return stopAnswers(quiz, current)
  return changed(quiz, openFollowing(quiz, now))
}
