/** The corrected key of a question: what may be done to each answer, what it would change, and what was done. */
import { normalise } from '@quizboard/shared/domain/normalise.ts'
import type { Correction, Key, Regrade } from '../api/host.ts'
import type { AnswerGroup } from './tally.ts'

/** What is needed of a question: an open one has options if it is answered by one of them. */
export interface Judged {
  options?: readonly string[] | undefined
}

/** One thing that was answered, or would have been right. */
export interface Variant {
  answer: string
  count: number
  /** Of an option: its place. */
  index?: number
  /** By the key as it is now. */
  standing: 'key' | 'accepted' | 'wrong'
}

const formOf = ({ options }: Judged, text: string): string => (options ? text : normalise(text))

const rightForms = (question: Judged, { answer, accept }: Key): ReadonlySet<string> =>
  new Set([answer, ...accept].map((text) => formOf(question, text)))

/**
 * Options in their order; of a typed question the key, then what was typed, the most frequent first, then what else would be
 * right. Accepting one moves no row.
 */
export const variantsOf = (question: Judged, key: Key, groups: readonly AnswerGroup[]): Variant[] => {
  const right = rightForms(question, key)
  const keyForm = formOf(question, key.answer)
  const standingOf = (form: string) => (form === keyForm ? 'key' : right.has(form) ? 'accepted' : 'wrong')
  const variants = new Map<string, Variant>()
  const put = (answer: string, count: number, index?: number) => {
    const form = formOf(question, answer)
    const known = variants.get(form)
    if (known) known.count += count
    else variants.set(form, { answer, count, standing: standingOf(form), ...(index !== undefined && { index }) })
  }
  for (const [index, option] of (question.options ?? []).entries()) put(option, 0, index)
  if (!question.options) put(key.answer, 0)
  for (const { answer, count } of groups) put(answer, count)
  for (const text of key.accept) put(text, 0)
  return [...variants.values()]
}

/** The key after a correction. */
const corrected = (question: Judged, key: Key, { answer = key.answer, accept = [], reject = [] }: Correction): Key => {
  const rejected = new Set(reject.map((text) => formOf(question, text)))
  return { answer, accept: [...key.accept, ...accept].filter((text) => !rejected.has(formOf(question, text))) }
}

export interface Effect {
  /** Answers that would count as right, and did not. */
  toRight: number
  toWrong: number
}

/** Of the answers that were read; what was given since is judged by the new key in any case. */
export const effectOf = (
  question: Judged,
  key: Key,
  groups: readonly AnswerGroup[],
  correction: Correction,
): Effect => {
  const before = rightForms(question, key)
  const after = rightForms(question, corrected(question, key, correction))
  const effect = { toRight: 0, toWrong: 0 }
  for (const { answer, count } of groups) {
    const form = formOf(question, answer)
    if (before.has(form) === after.has(form)) continue
    if (after.has(form)) effect.toRight += count
    else effect.toWrong += count
  }
  return effect
}

export interface Changes {
  /** The key, if it is another one. */
  key: string | undefined
  accepted: readonly string[]
  rejected: readonly string[]
}

/** What a regrade did to its key; without `was` it is not known what was right before, only what is right since. */
export const changesOf = (question: Judged, { answer, accept, was }: Regrade): Changes => {
  if (!was) return { key: answer, accepted: accept, rejected: [] }
  const before = rightForms(question, was)
  const after = rightForms(question, { answer, accept })
  const isSame = formOf(question, answer) === formOf(question, was.answer)
  return {
    key: isSame ? undefined : answer,
    accepted: accept.filter((text) => !before.has(formOf(question, text))),
    rejected: [was.answer, ...was.accept].filter((text) => !after.has(formOf(question, text))),
  }
}
