/**
 * What is wrong in a draft, by field: what this page can tell before it asks, and what the server said by JSON pointer. A field is
 * named by its question's key, not by its number, so that a message stays with its question when that moves.
 */
import { codePoints } from '../lib/text.ts'
import { bodyOf, type DeckDraft, type DraftQuestion, isTypedType } from './deck-draft.ts'

/** `title`, `questions`, or `<key of the question>/prompt`, `…/options/2`, `…/answer` … → what to tell. */
export type DeckProblems = ReadonlyMap<string, string>

const LIMITS = { title: 100, prompt: 500, option: 200, answer: 200, points: 10_000, seconds: 3_600 }

export const problemsOf = (draft: DeckDraft): DeckProblems => {
  const found = new Map<string, string>()
  checkText(found, 'title', draft.title, LIMITS.title, 'Give the deck a title.')
  if (draft.questions.length === 0) found.set('questions', 'A deck needs a question at least.')
  const { questions } = bodyOf(draft)
  draft.questions.forEach((question, index) => {
    const body = questions[index]
    if (!body) return
    checkText(found, `${question.key}/prompt`, question.prompt, LIMITS.prompt, 'Write the question.')
    if (isTypedType(question.type))
      checkText(found, `${question.key}/answer`, question.answer, LIMITS.answer, 'Write the right answer.')
    else checkOptions(found, question)
    if (!Number.isInteger(body.points) || body.points < 0 || body.points > LIMITS.points)
      found.set(`${question.key}/points`, 'A whole number from 0 to 10,000.')
    const limit = body.time_limit_ms
    if (limit !== null && !(limit >= 1000 && limit <= LIMITS.seconds * 1000))
      found.set(`${question.key}/time_limit_ms`, 'From 1 to 3,600 seconds, or empty for no limit.')
  })
  return found
}

const checkText = (found: Map<string, string>, field: string, value: string, limit: number, missing: string) => {
  const length = codePoints(value.trim())
  if (length === 0) found.set(field, missing)
  else if (length > limit) found.set(field, `${length} characters; at most ${limit} fit.`)
}

const checkOptions = (found: Map<string, string>, question: DraftQuestion) => {
  question.options.forEach((option, index) => {
    const field = `${question.key}/options/${index}`
    checkText(found, field, option, LIMITS.option, 'Write this option, or remove it.')
    if (option.trim() !== '' && question.options.findIndex((other) => other.trim() === option.trim()) < index)
      found.set(field, 'This option is there already.')
  })
  if (question.right < 0) found.set(`${question.key}/answer`, 'Mark the right option.')
}

interface PointedProblem {
  pointer?: string | undefined
  detail: string
}

/** The server's problems at their fields; those without a field of their own are returned beside. */
export const fromServer = (
  draft: DeckDraft,
  errors: readonly PointedProblem[],
): { problems: DeckProblems; rest: readonly string[] } => {
  const problems = new Map<string, string>()
  const rest: string[] = []
  for (const { pointer, detail } of errors) {
    const field = fieldOf(draft, pointer)
    if (field === undefined) rest.push(detail)
    else if (!problems.has(field)) problems.set(field, sentence(detail))
  }
  return { problems, rest }
}

const fieldOf = (draft: DeckDraft, pointer: string | undefined): string | undefined => {
  const [, head, index, field, item] = pointer?.split('/') ?? []
  if (head === 'title') return 'title'
  if (head !== 'questions') return undefined
  const question = draft.questions[Number(index)]
  if (!question) return 'questions'
  if (field === undefined) return `${question.key}/prompt`
  return field === 'options' && item !== undefined ? `${question.key}/options/${item}` : `${question.key}/${field}`
}

const sentence = (detail: string) =>
  `${detail.charAt(0).toUpperCase()}${detail.slice(1)}${/[.!?]$/.test(detail) ? '' : '.'}`

/** Without what was said about one field, which was edited since. */
export const withoutField = (problems: DeckProblems, field: string): DeckProblems => {
  if (!problems.has(field)) return problems
  const rest = new Map(problems)
  rest.delete(field)
  return rest
}
