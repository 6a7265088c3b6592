/** The table of corrected keys. They are made in the transaction of their quiz: postgres-quiz-work.ts. */
import type { QuizStore } from '../ports/quiz-store.ts'
import { type Pool, query } from './postgres-pool.ts'
import { type RegradeRow, SELECT_REGRADE, toRegrade } from './postgres-rows.ts'

export const createRegradePart = (pool: Pool): Pick<QuizStore, 'regrades' | 'regradesUnderWay' | 'finishRegrade'> => ({
  async regrades(quizId, { limit, after }) {
    const rows = await query<RegradeRow>(
      pool,
      `${SELECT_REGRADE} where quiz_id = $1 and ($3::int is null or revision < $3) order by revision desc limit $2 + 1`,
      [quizId, limit, after ?? null],
    )
    const regrades = rows.slice(0, limit).map(toRegrade)
    return { regrades, next: rows.length > limit ? (regrades.at(-1)?.revision ?? null) : null }
  },
  async regradesUnderWay(limit) {
    const rows = await query<RegradeRow>(
      pool,
      `${SELECT_REGRADE} where done_at is null order by made_at, quiz_id, revision limit $1`,
      [limit],
    )
    return rows.map(toRegrade)
  },
  async finishRegrade({ quizId, revision, doneAt, answers, changed }) {
    await query(
      pool,
      `update regrades set done_at = $3, answers = $4, changed = $5
       where quiz_id = $1 and revision = $2 and done_at is null`,
      [quizId, revision, doneAt === null ? null : new Date(doneAt), answers, changed],
    )
  },
})
