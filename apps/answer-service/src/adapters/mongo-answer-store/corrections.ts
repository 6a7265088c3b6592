/** Corrected keys. Written by majority and read from the primary, which has all that a majority has: whoever reads after a write has it. */
import { type Collection, MongoServerError } from 'mongodb'
import type { Correction } from '../../domain/correction.ts'
import type { AnswerStore } from '../../ports/answer-store.ts'
import { NO_ID } from './collections.ts'

const DUPLICATE_KEY = 11_000

export const createCorrectionPart = (
  corrections: Collection<Correction>,
): Pick<AnswerStore, 'correct' | 'corrections'> => ({
  async correct({ quiz_id, question_id, revision, answer, accept }) {
    try {
      await corrections.updateOne(
        { quiz_id, question_id, revision: { $lt: revision } },
        { $set: { revision, answer, accept } },
        { upsert: true },
      )
    } catch (error) {
      // One as new is there: the upsert found none that is older.
      if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error
    }
  },
  corrections: (quiz_id) => corrections.find({ quiz_id }, NO_ID).sort({ question_id: 1 }).toArray(),
})
