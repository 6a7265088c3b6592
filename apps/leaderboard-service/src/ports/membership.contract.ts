/** What every membership promises. */
import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Membership } from './membership.ts'

export const membershipContract = (name: string, open: () => Promise<Membership>): void => {
  describe(`membership: ${name}`, () => {
    const fresh = async () => {
      const membership = await open()
      const [one, two] = [randomUUID(), randomUUID()]
      const find = async (id: string) => (await membership.list()).find((member) => member.id === id)
      return { membership, one, two, find }
    }

    it('[Q6.4] members are listed from their joining to their removal, whoever removes them', async () => {
      const { membership, one, two, find } = await fresh()
      await membership.join(one, 'http://one')
      await membership.join(two, 'http://two')
      expect(await find(one)).toMatchObject({ id: one, address: 'http://one', isLeaving: false })
      await membership.remove(one)
      await membership.remove(one)
      expect(await find(one)).toBeUndefined()
      expect(await find(two)).toMatchObject({ address: 'http://two' })
      await membership.remove(two)
    })

    it('[Q6.4] each beat raises the counter, and says whether the member is leaving', async () => {
      const { membership, one, two, find } = await fresh()
      await membership.join(one, 'http://one')
      await membership.join(two, 'http://two')
      const before = (await find(one))?.beat ?? Number.NaN
      expect(await membership.beat(one, false)).toBe(true)
      expect(await membership.beat(one, true)).toBe(true)
      expect((await find(one))?.beat).toBeGreaterThan(before)
      expect(await find(one)).toMatchObject({ isLeaving: true })
      expect(await find(two)).toMatchObject({ isLeaving: false })
      await membership.remove(one)
      await membership.remove(two)
    })

    it('[Q6.4] who was removed learns it by its next beat, and can join anew', async () => {
      const { membership, one, find } = await fresh()
      await membership.join(one, 'http://one')
      await membership.remove(one)
      expect(await membership.beat(one, false)).toBe(false)
      expect(await find(one)).toBeUndefined()
      await membership.join(one, 'http://elsewhere')
      await membership.join(one, 'http://elsewhere')
      expect(await find(one)).toMatchObject({ address: 'http://elsewhere' })
      await membership.remove(one)
    })
  })
}
