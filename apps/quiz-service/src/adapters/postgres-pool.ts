/** Connections to PostgreSQL, transactions on them, and which of its errors pass by themselves. */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import pg from 'pg'
import { StoreUnavailable } from '../ports/quiz-store.ts'

export type Pool = pg.Pool
export type Client = pg.PoolClient

export interface PoolOptions {
  /** `postgres://user:password@host:port/database`. */
  url: string
  /** Connections at most. */
  max?: number
  /** Tables are looked for and made in this schema; default: PostgreSQL's own search path. */
  schema?: string
  logger?: Logger
}

const STATEMENT_MS = 15_000
const LOCK_MS = 5_000
/** A replica that stalls in the middle of a transaction lets go of its locks. Longer than a batch takes to be in the log. */
const IDLE_IN_TRANSACTION_MS = 3_000
const CONNECT_MS = 5_000

/** Nothing is connected before the first query. */
export const createPool = ({ url, max = 10, schema, logger }: PoolOptions): Pool => {
  const settings = [
    `statement_timeout=${STATEMENT_MS}`,
    `lock_timeout=${LOCK_MS}`,
    `idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_MS}`,
    ...(schema === undefined ? [] : [`search_path=${schema}`]),
  ]
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: 30_000,
    application_name: 'quizboard',
    options: settings.map((setting) => `-c ${setting}`).join(' '),
  })
  // An idle connection that breaks is replaced at the next query.
  pool.on('error', (error) => {
    // While we leave, the server may be leaving too. The error itself carries the whole connection: only its words are logged.
    if (!pool.ending)
      logger?.warn({ code: codeOf(error), detail: error.message }, 'a connection to PostgreSQL was lost')
  })
  return pool
}

/**
 * Runs `work` between BEGIN and COMMIT, again (three times in all) if it only met a conflict. Rejects with what `work` throws,
 * after ROLLBACK; with StoreUnavailable if PostgreSQL cannot be reached for the moment.
 */
export const transaction = async <T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(pool, work)
    } catch (error) {
      if (attempt === 3 || !CONFLICTS.has(codeOf(error))) throw asUnavailable(error)
    }
  }
}

const once = async <T>(pool: Pool, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  let broken: Error | undefined
  // A connection that breaks between two statements tells nobody else; without a listener it would end the process.
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot roll back is thrown away.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

/** One statement by itself. */
export const query = async <Row extends pg.QueryResultRow>(
  pool: Pool,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> => {
  try {
    return (await pool.query<Row>(text, values)).rows
  } catch (error) {
    throw asUnavailable(error)
  }
}

/** Serialization failure, deadlock, and a unique constraint that another transaction was first to meet. */
const CONFLICTS = new Set(['40001', '40P01', '23505'])
/** PostgreSQL is not there, starting, stopping, or out of connections, memory, disk or patience. */
const PASSING = /^(08...|57P0[1-3]|57014|55P03|53...|58030|25P03)$/
const CONNECTION = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'])

const codeOf = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

export const asUnavailable = (error: unknown): unknown => {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error
  const code = codeOf(error)
  const isPassing =
    PASSING.test(code) ||
    CONNECTION.has(code) ||
    (code === '' && /connection terminated|timeout exceeded when trying to connect|not queryable/i.test(error.message))
  return isPassing ? new StoreUnavailable('PostgreSQL is not available', { cause: error }) : error
}
