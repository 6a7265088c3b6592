/** What becomes of a call; the edge makes HTTP of it. */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { RefusalCode } from '../domain/admission.ts'

export type SubmitOutcome =
  | { kind: 'accepted'; result: AnswerResult }
  /** The answer_id came before: its first result. */
  | { kind: 'repeated'; result: AnswerResult }
  | { kind: 'refused'; code: RefusalCode }
  /** Nothing was accepted; the same again may be. */
  | { kind: 'busy'; why: string }
  /** An error of ours that this submission alone met. */
  | { kind: 'failed'; error: unknown }
