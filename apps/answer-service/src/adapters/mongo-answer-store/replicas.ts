/** The replicas of the service, beside what they commit: a fence and a commit are writes to the same document. */
import type { ClientSession, Collection, MongoClient } from 'mongodb'
import type { AnswerStore } from '../../ports/answer-store.ts'
import type { ReplicaDocument } from './collections.ts'
import { below, replicaKey } from './keys.ts'

/** Of the document that is written before the replicas are listed; no replica's. */
const LISTED = replicaKey('')

export const createReplicaPart = (
  mongo: MongoClient,
  replicas: Collection<ReplicaDocument>,
  /** In which this process commits. */
  commits: ClientSession,
): Pick<AnswerStore, 'register' | 'beat' | 'replicas' | 'fence'> => ({
  async register(id, address) {
    const lsid = commits.id
    if (!lsid) throw new Error('the session of the commits has ended')
    await replicas.insertOne({ _id: replicaKey(id), id, address, beat: 0, session: lsid.id })
  },
  async beat(id) {
    const { matchedCount } = await replicas.updateOne({ _id: replicaKey(id) }, { $inc: { beat: 1 } })
    return matchedCount === 1
  },
  replicas: () =>
    mongo.withSession({ causalConsistency: true }, async (session) => {
      // A majority write first: a primary that has been replaced cannot answer with what it knew before.
      await replicas.updateOne({ _id: LISTED }, { $inc: { beat: 1 } }, { upsert: true, session })
      const found = replicas.find({ _id: below('') }, { session, readConcern: 'majority' })
      return (await found.toArray()).map(({ id, address, beat }) => ({ id, address, beat }))
    }),
  async fence(id) {
    const replica = await replicas.findOne({ _id: replicaKey(id) })
    if (!replica) return
    // Its open transaction would hold up the deletion until it expires, a minute as a rule. Its user is ours, who may end it.
    await mongo
      .db('admin')
      .command({ killSessions: [{ id: replica.session }] })
      .catch(() => {})
    await replicas.deleteOne({ _id: replicaKey(id) })
  },
})
