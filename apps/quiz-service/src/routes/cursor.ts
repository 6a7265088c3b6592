/** Pages: `limit` and `after`, whose texts only the server reads. */
import { LIMITS } from '@quizboard/shared/contracts/rest.ts'
import { queryInt } from '@quizboard/shared/http/validate.ts'
import { z } from 'zod'

const CURSOR = /^[1-9]\d{0,14}$/

export const pageQuery = z.object({
  limit: queryInt({ min: 1, max: LIMITS.page.max, default: LIMITS.page.default }),
  after: z
    .unknown()
    .optional()
    .transform((value, context): number | undefined => {
      if (value === undefined) return undefined
      if (typeof value === 'string' && CURSOR.test(value)) return Number(value)
      context.addIssue({ code: 'custom', message: 'must be `next` of a page before' })
      return z.NEVER
    })
    .meta({ type: 'string', description: '`next` of the page before' }),
})

export const toCursor = (next: number | null): string | null => (next === null ? null : String(next))
