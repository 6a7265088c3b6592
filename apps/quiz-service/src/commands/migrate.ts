/** The admin step before a new version: brings the schema of PostgreSQL up to date. */
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { migrate } from '../adapters/postgres-migrations.ts'
import { createPool } from '../adapters/postgres-pool.ts'
import { readQuizSettings } from '../config.ts'

await runCommand(async (env) => {
  const { database } = readQuizSettings(env)
  const pool = createPool({ url: database.url, max: 3 })
  try {
    const applied = await migrate(pool)
    console.log(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`)
  } finally {
    await pool.end()
  }
})
