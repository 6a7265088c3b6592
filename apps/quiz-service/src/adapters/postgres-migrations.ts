/** Brings the schema up to date: the files of migrations/, each once, in order. */
import { readdir, readFile } from 'node:fs/promises'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Client, Pool } from './postgres-pool.ts'
import { asUnavailable } from './postgres-pool.ts'

const FOLDER = new URL('../migrations/', import.meta.url)
/** Of the advisory lock under which replicas that start together migrate one after another. */
const LOCK = 7_203_451

interface Migration {
  version: number
  name: string
  sql: string
}

/** `001_decks.sql`: the number is the version; versions are 1, 2, 3, … */
const readMigrations = async (): Promise<Migration[]> => {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, i) => {
      const version = Number(/^(\d{3})_[a-z0-9_]+\.sql$/.exec(name)?.[1])
      if (version !== i + 1) throw new Error(`migration ${name} should be number ${i + 1}`)
      return { version, name, sql: await readFile(new URL(name, FOLDER), 'utf8') }
    }),
  )
}

/**
 * Resolves once the schema is this version's, with the names of what had to be applied. Rejects if the database is of a newer
 * one. Each migration is a transaction.
 */
export const migrate = async (pool: Pool, logger?: Logger): Promise<string[]> => {
  const migrations = await readMigrations()
  let client: Client | undefined
  try {
    client = await pool.connect()
    // What breaks it makes the next statement fail.
    client.on('error', () => {})
    // Waits as long as another replica's migrations take.
    await client.query('set lock_timeout = 0; set statement_timeout = 0')
    await client.query('select pg_advisory_lock($1)', [LOCK])
    return await applyMissing(client, migrations, logger)
  } catch (error) {
    throw asUnavailable(error)
  } finally {
    // Its settings and its lock go with the connection.
    client?.release(true)
  }
}

/** Rejects unless the schema is this version's or a newer one that this version can work on. */
export const checkSchema = async (pool: Pool): Promise<void> => {
  const wanted = (await readMigrations()).length
  const applied = await appliedVersions(pool)
  const newest = Math.max(0, ...applied)
  if (newest < wanted)
    throw new Error(`the database has schema version ${newest}, this program needs ${wanted}: run the migrations first`)
}

const appliedVersions = async (pool: Pool): Promise<number[]> => {
  try {
    const { rows } = await pool.query<{ version: number }>('select version from schema_migrations')
    return rows.map(({ version }) => version)
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return []
    throw asUnavailable(error)
  }
}
const UNDEFINED_TABLE = '42P01'

const applyMissing = async (client: Client, migrations: readonly Migration[], logger: Logger | undefined) => {
  const names: string[] = []
  await client.query(`create table if not exists schema_migrations (
    version int primary key, name text not null, applied_at timestamptz not null default now())`)
  const { rows } = await client.query<{ version: number }>('select version from schema_migrations')
  const applied = new Set(rows.map(({ version }) => version))
  const newest = Math.max(0, ...applied)
  if (newest > migrations.length)
    throw new Error(
      `the database has schema version ${newest}, this program knows ${migrations.length}: it is older than the data`,
    )
  for (const { version, name, sql } of migrations) {
    if (applied.has(version)) continue
    await client.query('begin')
    try {
      await client.query(sql)
      await client.query('insert into schema_migrations (version, name) values ($1, $2)', [version, name])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw error
    }
    logger?.info({ migration: name }, 'migrated')
    names.push(name)
  }
  return names
}
