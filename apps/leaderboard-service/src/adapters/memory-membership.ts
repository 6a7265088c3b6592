/** The members of one process, for the embedded product, tests and the simulator. */
import type { Member, Membership } from '../ports/membership.ts'

export const createMemoryMembership = (): Membership => {
  const members = new Map<string, Member>()
  return {
    async join(id, address) {
      members.set(id, { id, address, beat: members.get(id)?.beat ?? 0, isLeaving: false })
    },
    async beat(id, isLeaving) {
      const member = members.get(id)
      if (!member) return false
      members.set(id, { ...member, beat: member.beat + 1, isLeaving })
      return true
    },
    list: async () => [...members.values()],
    async remove(id) {
      members.delete(id)
    },
  }
}
