/** A PostgreSQL for tests of the contract tier: one a test file, in a folder of its own. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { startEmbeddedPostgres } from '../adapters/embedded-postgres.ts'
import { migrate } from '../adapters/postgres-migrations.ts'
import { createPool, type Pool } from '../adapters/postgres-pool.ts'
import { createPostgresQuizStore } from '../adapters/postgres-quiz-store.ts'
import type { ContractStore } from '../ports/quiz-store.contract.ts'

export const startTestPostgres = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'quizboard-postgres-'))
  const postgres = await startEmbeddedPostgres({ dataDir, logger: silentLogger() })
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A schema of its own on the server at `url`; `drop` removes it. */
export const createSchema = async (url: string): Promise<{ schema: string; drop(): Promise<void> }> => {
  const schema = `quizboard_${randomBytes(6).toString('hex')}`
  const run = async (statement: string) => {
    const pool = createPool({ url, max: 1 })
    try {
      await pool.query(statement)
    } finally {
      await pool.end()
    }
  }
  await run(`create schema ${schema}`)
  return { schema, drop: () => run(`drop schema ${schema} cascade`) }
}

export const connectionsHeld = (pool: Pool): number => pool.totalCount - pool.idleCount + pool.waitingCount

/** A quiz store in a schema of its own. */
export const openPostgresStore = async (url: string): Promise<ContractStore> => {
  const { schema, drop } = await createSchema(url)
  const pool = createPool({ url, schema, max: 5 })
  await migrate(pool)
  return {
    store: createPostgresQuizStore(pool),
    held: () => connectionsHeld(pool),
    async close() {
      await pool.end()
      await drop()
    },
  }
}
