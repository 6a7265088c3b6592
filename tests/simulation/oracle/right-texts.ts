/** Which texts are right, by what the host asked: over again, with none of the services' code. */
import type { RegradeRequest } from '@quizboard/quiz-service/domain/regrade.ts'
import type { Question } from '@quizboard/shared/contracts/rest.ts'

/** Enough of a normal form for the texts of the plans. */
const formOf = (text: string): string =>
  text.toLowerCase().replaceAll('á', 'a').replace('!', '').replace(/ +/g, ' ').trim()

/** Options count verbatim. */
const formIn = ({ options }: Question) => (options ? (text: string) => text : formOf)

export const isRightText = (question: Question, text: string): boolean => {
  const form = formIn(question)
  return [question.answer, ...(question.accept ?? [])].map(form).includes(form(text))
}

/** Whether `after` is what the request makes of `before`. */
export const isCorrectedBy = (
  before: Question,
  { answer = before.answer, accept = [], reject = [] }: RegradeRequest,
  after: Question,
): boolean => {
  const form = formIn(before)
  const rejected = reject.map(form)
  const kept = [...(before.accept ?? []), ...accept].map(form).filter((text) => !rejected.includes(text))
  const texts = (list: readonly string[]) => [...new Set(list)].sort().join('\n')
  return (
    after.answer === answer && texts([form(answer), ...kept]) === texts([answer, ...(after.accept ?? [])].map(form))
  )
}
