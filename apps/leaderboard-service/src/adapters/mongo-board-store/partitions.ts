/** Leases and states of the partitions, and the sessions in which their owners write. */
import { createTurns } from '@quizboard/shared/kit/turns.ts'
import type { Binary, ClientSession, Collection, MongoClient } from 'mongodb'
import { type BoardStore, emptyState, type PartitionState } from '../../ports/board-store.ts'

export interface PartitionDocument {
  _id: number
  epoch: number
  owner: string | null
  state: PartitionState
  /** Of the session in which the owner flushes: ends what a process that died has left open. */
  session: Binary | null
}

/** One for each partition: its flushes come one after the other, those of two partitions do not wait for each other. */
export interface Sessions {
  of(partition: number): ClientSession
  /** Once what is under way in the partition's session has ended. */
  inTurn<T>(partition: number, work: (session: ClientSession) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export const createSessions = (mongo: MongoClient): Sessions => {
  const entries = new Map<number, { session: ClientSession; inTurn: ReturnType<typeof createTurns> }>()
  const entryOf = (partition: number) => {
    const entry = entries.get(partition) ?? { session: mongo.startSession(), inTurn: createTurns() }
    entries.set(partition, entry)
    return entry
  }
  return {
    of: (partition) => entryOf(partition).session,
    inTurn(partition, work) {
      const { session, inTurn } = entryOf(partition)
      return inTurn(() => work(session))
    },
    async close() {
      await Promise.all([...entries.values()].map(({ session }) => session.endSession()))
      entries.clear()
    },
  }
}

const stateOf = (state: Partial<PartitionState> | undefined): PartitionState => ({ ...emptyState(), ...state })

export const createPartitionPart = (
  mongo: MongoClient,
  partitions: Collection<PartitionDocument>,
  sessions: Sessions,
): Pick<BoardStore, 'leases' | 'acquire' | 'release'> => {
  /** Its open transaction would hold up whoever comes after until it expires, a minute as a rule. */
  const endSessionOf = async (partition: number, seen: number) => {
    const before = await partitions.findOne({ _id: partition, epoch: seen })
    if (!before?.session) return
    await mongo
      .db('admin')
      .command({ killSessions: [{ id: before.session }] })
      .catch(() => {})
  }
  return {
    async leases() {
      const found = await partitions.find({}, { readConcern: 'majority' }).toArray()
      return found.map(({ _id, epoch, owner, state }) => ({
        partition: _id,
        epoch,
        owner: owner ?? null,
        state: stateOf(state),
      }))
    },
    async acquire(partition, owner, seen) {
      const session = sessions.of(partition).id?.id ?? null
      if (seen === 0) {
        const state = emptyState()
        const made = await partitions
          .insertOne({ _id: partition, epoch: 1, owner, state, session })
          .catch((error: { code?: number }) => {
            if (error.code === DUPLICATE_KEY) return undefined
            throw error
          })
        return made && { fence: { partition, epoch: 1 }, state }
      }
      await endSessionOf(partition, seen)
      const held = await partitions.findOneAndUpdate(
        { _id: partition, epoch: seen },
        { $set: { epoch: seen + 1, owner, session } },
        { returnDocument: 'after' },
      )
      return held ? { fence: { partition, epoch: held.epoch }, state: stateOf(held.state) } : undefined
    },
    async release({ partition, epoch }, to) {
      await partitions.updateOne({ _id: partition, epoch }, { $set: { owner: to, session: null } })
    },
  }
}
const DUPLICATE_KEY = 11_000
