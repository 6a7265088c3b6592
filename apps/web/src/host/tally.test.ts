import type { AnswerDoc } from '@quizboard/shared/contracts/rest.ts'
import { expect, it } from 'vitest'
import type { HostApi } from '../api/host.ts'
import { tallyQuestion } from './tally.ts'

const doc = (answer: string, is_correct: boolean): AnswerDoc => ({
  user_id: 'u',
  quiz_id: 'q',
  question_id: 'q1',
  answer,
  is_correct,
  update_ts: '',
  seq: 1,
})

it('[Q11.5] counts the answers of all pages, and spellings that are judged as one as one', async () => {
  const pages: Record<string, { answers: AnswerDoc[]; next: string | null }> = {
    first: { answers: [doc('Decade', true), doc('century', false)], next: 'second' },
    second: { answers: [doc('décade! ', true)], next: null },
  }
  const api = {
    answers: async (_: string, { after = 'first' }: { after?: string | undefined } = {}) => pages[after],
  } as unknown as Pick<HostApi, 'answers'>
  expect(await tallyQuestion(api, 'q', 'q1', true)).toEqual({
    answered: 3,
    right: 2,
    groups: [
      { answer: 'Decade', count: 2, isCorrect: true },
      { answer: 'century', count: 1, isCorrect: false },
    ],
  })
})
