/** Which answers to a question are right. */
import { isTyped, type Question } from '../contracts/rest.ts'
import { normalise } from './normalise.ts'

/** The form in which two answers to a question of this type are equal: options verbatim. */
export const answerForm = (type: Question['type'], answer: string): string =>
  isTyped(type) ? normalise(answer) : answer

/**
 * The answers that are right, in their form. A set, so that the time of a comparison does not tell how close an answer was.
 */
export const rightAnswers = ({
  type,
  answer,
  accept = [],
}: Pick<Question, 'type' | 'answer' | 'accept'>): ReadonlySet<string> =>
  new Set([answer, ...accept].map((each) => answerForm(type, each)))
