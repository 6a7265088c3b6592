/**
 * The questions this browser has seen in a quiz: players are told only the open one, but at the end want to read all again
 * beside their answers. Prompts alone, so that a long quiz still fits into the storage.
 */
import type { QuizFrame } from '@quizboard/shared/contracts/frames.ts'
import { hasStrings, type KeyValue } from '../lib/storage.ts'

export interface SeenQuestion {
  question_id: string
  prompt: string
  position: number
  points: number
  /** Once closed. */
  key?: string
}

const storageKey = (quizId: string) => `seen.${quizId.toLowerCase()}`

export const loadSeen = (storage: KeyValue, quizId: string): ReadonlyMap<string, SeenQuestion> => {
  const value = storage.read(storageKey(quizId))
  const rows = Array.isArray(value) ? value.filter(isSeen) : []
  return new Map(rows.map((row) => [row.question_id, row]))
}

const isSeen = (value: unknown): value is SeenQuestion =>
  hasStrings(value, 'question_id', 'prompt') && typeof (value as { position?: unknown }).position === 'number'

/** The same map if the frame tells nothing new. */
export const withQuestion = (
  known: ReadonlyMap<string, SeenQuestion>,
  question: QuizFrame['question'],
): ReadonlyMap<string, SeenQuestion> => {
  if (!question) return known
  const row = known.get(question.question_id)
  const key = question.answer ?? row?.key
  if (row && row.key === key) return known
  const { question_id, prompt, position, points } = question
  return new Map(known).set(question_id, { question_id, prompt, position, points, ...(key !== undefined && { key }) })
}

export const saveSeen = (storage: KeyValue, quizId: string, rows: ReadonlyMap<string, SeenQuestion>): void =>
  storage.write(storageKey(quizId), [...rows.values()])
