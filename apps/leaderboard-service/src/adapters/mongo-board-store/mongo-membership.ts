/** The members in MongoDB, beside the leases that they hold. */
import type { Collection } from 'mongodb'
import type { Membership } from '../../ports/membership.ts'

export interface MemberDocument {
  _id: string
  address: string
  beat: number
  isLeaving: boolean
}

export const createMongoMembership = (members: Collection<MemberDocument>): Membership => ({
  async join(id, address) {
    await members.updateOne({ _id: id }, { $set: { address, isLeaving: false }, $inc: { beat: 1 } }, { upsert: true })
  },
  async beat(id, isLeaving) {
    const { matchedCount } = await members.updateOne({ _id: id }, { $inc: { beat: 1 }, $set: { isLeaving } })
    return matchedCount === 1
  },
  async list() {
    return (await members.find().toArray()).map(({ _id, ...rest }) => ({ id: _id, ...rest }))
  },
  async remove(id) {
    await members.deleteOne({ _id: id })
  },
})
