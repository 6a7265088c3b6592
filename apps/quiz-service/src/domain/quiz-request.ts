/** What a host asks for with POST /quizzes. */
import { feedbackMode, LIMITS, quizMode, reanswerMode, scoringMode } from '@quizboard/shared/contracts/rest.ts'
import { z } from 'zod'
import { line } from './texts.ts'

export const quizRequest = z
  .strictObject({
    deck_id: z.string(),
    title: line(LIMITS.title).optional(),
    mode: quizMode
      .refine((mode) => mode !== 'self_paced', { message: 'self_paced is not available yet' })
      .default('live'),
    scoring: scoringMode.default('accuracy'),
    feedback: feedbackMode.default('instant'),
    reanswer: reanswerMode.default('allowed'),
  })
  .meta({ id: 'QuizRequest' })
export type QuizRequest = z.infer<typeof quizRequest>
