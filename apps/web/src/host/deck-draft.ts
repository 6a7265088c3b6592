/** A deck while it is edited: every field as the text that stands in its input, so that nothing typed is lost or corrected. */
import type { Deck, Question } from '@quizboard/shared/contracts/rest.ts'
import type { DeckBody, DeckQuestionBody } from '../api/host.ts'

export interface DraftQuestion {
  /** Of this question in this page, for its whole life: through moves and before the server gives an id. */
  key: string
  question_id?: string
  type: Question['type']
  prompt: string
  options: readonly string[]
  /** Index of the right option; -1: none is marked yet. */
  right: number
  /** The right answer of a typed question. */
  answer: string
  /** One more spelling a line. */
  accept: string
  points: string
  /** In seconds; empty: no limit. */
  limit: string
  word?: string
}

export interface DeckDraft {
  title: string
  questions: readonly DraftQuestion[]
}

export const OPTION_COUNT = { min: 2, max: 8 }
const DEFAULT_POINTS = '1000'
const DEFAULT_LIMIT = '20'

export const isTypedType = (type: Question['type']): boolean => type === 'typed' || type === 'spelling'

export const emptyQuestion = (key: string, like?: DraftQuestion): DraftQuestion => ({
  key,
  type: like?.type === 'typed' ? 'typed' : 'choice',
  prompt: '',
  options: ['', '', '', ''],
  right: -1,
  answer: '',
  accept: '',
  points: like?.points ?? DEFAULT_POINTS,
  limit: like?.limit ?? DEFAULT_LIMIT,
})

export const emptyDraft = (newKey: () => string): DeckDraft => ({ title: '', questions: [emptyQuestion(newKey())] })

export const draftOf = (deck: Pick<Deck, 'title' | 'questions'>, newKey: () => string): DeckDraft => ({
  title: deck.title,
  questions: deck.questions.map((question) => ({
    key: newKey(),
    question_id: question.question_id,
    type: question.type,
    prompt: question.prompt,
    options: question.options ?? ['', '', '', ''],
    right: question.options?.indexOf(question.answer) ?? -1,
    answer: question.options ? '' : question.answer,
    accept: (question.accept ?? []).join('\n'),
    points: String(question.points),
    limit: question.time_limit_ms === null ? '' : String(question.time_limit_ms / 1000),
    ...(question.word !== undefined && { word: question.word }),
  })),
})

export const bodyOf = (draft: DeckDraft): DeckBody => ({
  title: draft.title.trim(),
  questions: draft.questions.map(questionBody),
})

const questionBody = (question: DraftQuestion): DeckQuestionBody => {
  const isTyped = isTypedType(question.type)
  const accept = linesOf(question.accept)
  return {
    ...(question.question_id !== undefined && { question_id: question.question_id }),
    type: question.type,
    prompt: question.prompt.trim(),
    ...(!isTyped && { options: question.options.map((option) => option.trim()) }),
    answer: isTyped ? question.answer.trim() : (question.options[question.right] ?? '').trim(),
    ...(isTyped && accept.length > 0 && { accept }),
    points: numberOf(question.points),
    time_limit_ms: question.limit.trim() === '' ? null : Math.round(numberOf(question.limit) * 1000),
    ...(question.word !== undefined && { word: question.word }),
  }
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** NaN, which JSON writes as null, for what is no number: `problemsOf` finds it before. */
const numberOf = (text: string) => (text.trim() === '' ? Number.NaN : Number(text.trim()))

/** Moves a question to another place; both are indexes from 0. */
export const moved = <T>(list: readonly T[], from: number, to: number): readonly T[] => {
  const rest = list.filter((_, index) => index !== from)
  const item = list[from]
  return item === undefined ? list : [...rest.slice(0, to), item, ...rest.slice(to)]
}

/** The option at `index` removed; the mark stays with the option that had it. */
export const withoutOption = (question: DraftQuestion, index: number): DraftQuestion => ({
  ...question,
  options: question.options.filter((_, each) => each !== index),
  right: question.right === index ? -1 : question.right > index ? question.right - 1 : question.right,
})
