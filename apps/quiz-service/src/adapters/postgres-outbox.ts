/** The outbox table's way out. */
import type { OutboxRecord } from '../domain/events.ts'
import { type Pool, query, transaction } from './postgres-pool.ts'

/** One relay at a time over all replicas: that keeps the records of a quiz in order. */
const LOCK = 7_203_452
/** A definition may take megabytes, a lifecycle event takes a kilobyte. */
const SEND_RECORDS = 1_000
const SEND_BYTES = 8 * 1024 * 1024

interface OutboxRow {
  id: string
  topic: string
  key: string
  quiz_id: string
  value: string
  waiting: string
}

/** The oldest records, at least one, of `SEND_BYTES` at most beyond the first; `waiting`: how many there were to choose from. */
const SELECT_OLDEST = `
  with oldest as (
    select id, topic, key, quiz_id, sum(octet_length(value)) over (order by id) - octet_length(value) as bytes_before,
      count(*) over () as waiting
    from (select * from outbox order by id limit ${SEND_RECORDS + 1}) as o
  )
  select id, topic, key, quiz_id, waiting, (select value from outbox where outbox.id = oldest.id) as value
  from oldest where bytes_before < ${SEND_BYTES} order by id limit ${SEND_RECORDS}`

export const sendOutbox = (
  pool: Pool,
  send: (records: readonly OutboxRecord[]) => Promise<void>,
): Promise<{ sent: number; more: boolean }> =>
  transaction(pool, async (client) => {
    // Records that come again after a power cut do no harm: removing them need not wait for the disk.
    await client.query(`set local synchronous_commit = off; select pg_advisory_xact_lock(${LOCK})`)
    const { rows } = await client.query<OutboxRow>(SELECT_OLDEST)
    if (rows.length === 0) return { sent: 0, more: false }
    await send(rows.map(({ topic, key, quiz_id, value }) => ({ topic, key, quizId: quiz_id, value })))
    await client.query('delete from outbox where id = any($1::bigint[])', [rows.map(({ id }) => id)])
    return { sent: rows.length, more: Number(rows[0]?.waiting) > rows.length }
  })

export const outboxSize = async (pool: Pool): Promise<{ records: number; oldestMs: number }> => {
  const [row] = await query<{ records: string; oldest_ms: string }>(
    pool,
    `select count(*) as records, coalesce(extract(epoch from clock_timestamp() - min(stored_at)) * 1000, 0) as oldest_ms
     from outbox`,
  )
  return { records: Number(row?.records ?? 0), oldestMs: Math.max(0, Number(row?.oldest_ms ?? 0)) }
}
