/** The outbox: one document a commit, with its events; a document goes when the last of them is deleted. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { ObjectId } from 'mongodb'
import type { AnswerStore, OutboxRow } from '../../ports/answer-store.ts'
import { type Collections, OUTBOX_INDEX, type OutboxDocument } from './collections.ts'
import { rowKey } from './keys.ts'

export interface OutboxPart extends Pick<AnswerStore, 'outbox' | 'deleteOutbox'> {
  /** These events have been committed in this document. */
  committed(document: OutboxDocument, events: readonly ScoreEvent[]): void
  /** Rows, and when the oldest of them was committed. */
  count(): Promise<{ rows: number; oldest_at: number | undefined }>
}

/** What is left of a document, by row. */
interface Left {
  id: ObjectId
  events: Map<string, ScoreEvent>
}

/** Rows whose documents are known; those of others are read before they are deleted. */
const KNOWN_MAX = 50_000

export const createOutboxPart = ({ outbox }: Collections): OutboxPart => {
  const documentOf = new Map<string, Left>()

  const know = (id: ObjectId, events: readonly ScoreEvent[]) => {
    const left: Left = { id, events: new Map(events.map((event) => [rowKey(event), event])) }
    for (const key of left.events.keys()) documentOf.set(key, left)
    for (const oldest of documentOf.keys()) {
      if (documentOf.size <= KNOWN_MAX) break
      documentOf.delete(oldest)
    }
  }
  const read = async (limit: number, filter: object): Promise<OutboxRow[]> => {
    const rows: OutboxRow[] = []
    const found = outbox.find(filter).sort({ at: 1, _id: 1 }).batchSize(20)
    for await (const { _id, at, events } of found) {
      const list: ScoreEvent[] = JSON.parse(events)
      know(_id, list)
      for (const event of list) rows.push({ event, at })
      if (rows.length >= limit) break
    }
    return rows.slice(0, limit)
  }

  return {
    committed: ({ _id }, events) => know(_id, events),
    outbox: (limit, except = []) => read(limit, except.length === 0 ? {} : { replica: { $nin: [...except] } }),
    async deleteOutbox(keys) {
      const touched = new Set<Left>()
      for (const row of keys) {
        const key = rowKey(row)
        const left = documentOf.get(key)
        if (!left?.events.delete(key)) continue
        documentOf.delete(key)
        touched.add(left)
      }
      const empty = [...touched].filter(({ events }) => events.size === 0).map(({ id }) => id)
      const parts = [...touched].filter(({ events }) => events.size > 0)
      const writeConcern = { w: 1 } as const
      if (empty.length > 0) await outbox.deleteMany({ _id: { $in: empty } }, { writeConcern })
      for (const { id, events } of parts) {
        const list = [...events.values()]
        const set = { count: list.length, events: JSON.stringify(list) }
        await outbox.updateOne({ _id: id }, { $set: set }, { writeConcern })
      }
    },
    async count() {
      const [found] = await outbox
        .aggregate<{ rows: number; oldest_at: number }>(
          [
            { $match: { at: { $gte: 0 } } },
            { $group: { _id: null, rows: { $sum: '$count' }, oldest_at: { $min: '$at' } } },
          ],
          { hint: OUTBOX_INDEX },
        )
        .toArray()
      return { rows: found?.rows ?? 0, oldest_at: found?.oldest_at }
    },
  }
}
