import type { AnswerDoc } from '@quizboard/shared/contracts/rest.ts'

/** What is known of an own answer: a reply first, the whole document after the next GET. */
export type OwnAnswer = Pick<AnswerDoc, 'question_id' | 'answer' | 'seq'> & Partial<AnswerDoc>
