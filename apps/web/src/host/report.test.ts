import type { AnswerDoc, OpenQuestion } from '@quizboard/shared/contracts/rest.ts'
import { expect, it } from 'vitest'
import type { HostApi } from '../api/host.ts'
import { answersCsv, loadReport, resultsCsv } from './report.ts'

const question = (position: number): OpenQuestion => ({
  question_id: `q${position}`,
  type: 'typed',
  position,
  prompt: `Number ${position}?`,
  points: 1000,
  time_limit_ms: null,
})
const doc: AnswerDoc = {
  user_id: 'u',
  quiz_id: 'Q',
  question_id: 'q1',
  answer: 'oxes',
  is_correct: true,
  score: 1000,
  update_ts: '2026-01-01T00:00:00.000Z',
  seq: 1,
  elapsed_ms: 1500,
  key: 'oxen',
  regraded: { at: '2026-01-02T00:00:00.000Z', was: { is_correct: false, score: 0 } },
}
const api = {
  questions: async () => ({ questions: [question(1), question(2)] }),
  keys: async () => ({
    keys: [
      { question_id: 'q1', position: 1, answer: 'oxen', accept: ['oxes'] },
      { question_id: 'q2', position: 2, answer: 'owl', accept: [] },
    ],
  }),
  answers: async (_: string, { question_id = 'q1' }: { question_id?: string } = {}) => ({
    answers: question_id === 'q1' ? [doc] : [],
    next: null,
  }),
  leaderboard: async () => ({ standings: [{ rank: 1, user_id: 'u', name: 'Ann', score: 1000 }] }),
} as unknown as HostApi

it('[Q11.7] has the key of every question, also of one that nobody answered', async () => {
  const report = await loadReport(api, 'Q', () => {})
  expect(report.map(({ key, tally }) => [key.answer, key.accept, tally.answered, tally.right])).toEqual([
    ['oxen', ['oxes'], 1, 1],
    ['owl', [], 0, 0],
  ])
})

it('[Q11.5][Q12.1] the tables to take away have the corrected points, and what they were', async () => {
  expect(await resultsCsv(api, 'Q')).toEqual([
    'rank,name,points,right,answered,corrected,user_id,Q1 points,Q2 points\r\n',
    '1,Ann,1000,1,1,1,u,1000,\r\n',
  ])
  expect(await answersCsv(api, 'Q')).toEqual([
    'question,prompt,key,name,answer,right,points,seconds,answered_at,user_id,corrected_at,right_before,points_before\r\n',
    '1,Number 1?,oxen,Ann,oxes,yes,1000,1.5,2026-01-01T00:00:00.000Z,u,2026-01-02T00:00:00.000Z,no,0\r\n',
  ])
})
