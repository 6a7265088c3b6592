/** What becomes of a call; the edge makes HTTP of it. */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { RefusalCode } from '../domain/admission.ts'

export type SubmitOutcome =
  | { kind: 'accepted'; result: AnswerResult }
  /** The answer_id came before: its first result. */
  | { kind: 'repeated'; result: AnswerResult }
  | { kind: 'refused'; code: RefusalCode }
  /** Whether it was accepted, or a copy of it, is not known, or nothing was: the same again tells. `isClosing`: it came while its question closed. */
  | { kind: 'busy'; why: string; isClosing?: true }
  /** Nothing was accepted: this replica was fenced meanwhile, and what it knew when it admitted the answer may be old. */
  | { kind: 'fenced' }
  /** An error of ours that this submission alone met. */
  | { kind: 'failed'; error: unknown }

/** The topics cannot be read to their ends: what is not known here may be there. */
export class LogUnavailable extends Error {
  constructor() {
    super('the event log cannot be read at this moment')
    this.name = 'LogUnavailable'
  }
}
