import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import { assign, type Candidate } from './assignment.ts'

const stays = (...ids: string[]): Candidate[] => ids.map((id) => ({ id, isLeaving: false }))
const leaves = (id: string): Candidate => ({ id, isLeaving: true })
const none = (count: number): undefined[] => Array.from({ length: count }, () => undefined)
const ownersOf = (assignments: ReturnType<typeof assign>) => assignments.map(({ owner }) => owner)
const counts = (owners: readonly (string | undefined)[]) =>
  [...Map.groupBy(owners, (id) => id).values()].map((list) => list.length).sort((a, b) => a - b)

describe('[Q6.5] the assignment of partitions', () => {
  it('gives all to one who is alone, and none to nobody', () => {
    expect(new Set(ownersOf(assign(stays('a'), none(5), 1)))).toEqual(new Set(['a']))
    expect(assign(stays('a'), none(1), 1)).toEqual([{ owner: 'a', standbys: [] }])
    expect(assign([], none(2), 1)).toEqual([
      { owner: undefined, standbys: [] },
      { owner: undefined, standbys: [] },
    ])
  })

  it('shares out evenly, and moves nothing that is even already', () => {
    const owners = ownersOf(assign(stays('a', 'b', 'c'), none(12), 1))
    expect(counts(owners)).toEqual([4, 4, 4])
    expect(ownersOf(assign(stays('c', 'b', 'a'), owners, 1))).toEqual(owners)
  })

  it('takes from those who have most when somebody comes, and no more than needed', () => {
    const before = ownersOf(assign(stays('a', 'b', 'c'), none(12), 1))
    const after = ownersOf(assign(stays('a', 'b', 'c', 'd'), before, 1))
    expect(counts(after)).toEqual([3, 3, 3, 3])
    expect(after.filter((id, p) => id !== before[p])).toEqual(['d', 'd', 'd'])
  })

  it('gives what a dead owner had to its first standbys, wherever it can stay even', () => {
    const alive = stays('a', 'b', 'c', 'd')
    const before = assign(alive, none(24), 1)
    const owners = before.map(({ owner }) => (owner === 'b' ? undefined : owner))
    const after = assign(stays('a', 'c', 'd'), owners, 1)
    expect(counts(ownersOf(after))).toEqual([8, 8, 8])
    const orphans = before.flatMap(({ owner }, p) => (owner === 'b' ? [p] : []))
    // Their heirs were chosen by the hash alone: what had to move for the balance has an owner who hands it over.
    for (const p of orphans) if (before[p]?.standbys[0] !== 'b') expect(after[p]?.owner).toBe(before[p]?.standbys[0])
  })

  it('leaves nothing to who is leaving, and keeps it warm elsewhere until it has moved', () => {
    const before = ownersOf(assign(stays('a', 'b'), none(4), 1))
    const after = assign([...stays('b'), leaves('a')], before, 1)
    expect(new Set(ownersOf(after))).toEqual(new Set(['b']))
    expect(assign([leaves('a')], ['a'], 1)).toEqual([{ owner: undefined, standbys: [] }])
  })

  it('has as many standbys as are asked for and there are, never the owner', () => {
    for (const [asked, expected] of [
      [0, 0],
      [1, 1],
      [2, 2],
      [9, 2],
    ]) {
      for (const { owner, standbys } of assign(stays('a', 'b', 'c'), none(9), asked ?? 0)) {
        expect(standbys).toHaveLength(expected ?? 0)
        expect(new Set([owner, ...standbys]).size).toBe(standbys.length + 1)
      }
    }
  })

  const SEED = Date.now() % 1_000_000
  it(`comes to rest whoever comes and goes: what it says is stable once it is done (SEED=${SEED})`, () => {
    const random = createSeededRandom(SEED)
    let owners: (string | undefined)[] = none(1 + random.int(30))
    for (let round = 0; round < 200; round++) {
      const ids = Array.from({ length: 1 + random.int(6) }, (_, i) => `r${i}`).filter(() => random.chance(0.8))
      const alive = ids.map((id) => ({ id, isLeaving: random.chance(0.1) }))
      const known = owners.map((id) => (id !== undefined && ids.includes(id) ? id : undefined))
      const wanted = ownersOf(assign(alive, known, 1))
      expect(ownersOf(assign(alive, wanted, 1))).toEqual(wanted)
      const able = alive.filter(({ isLeaving }) => !isLeaving).length
      if (able > 0) {
        expect(wanted).not.toContain(undefined)
        const share = counts(wanted)
        const idle = able - share.length
        expect((share.at(-1) ?? 0) - (idle > 0 ? 0 : (share[0] ?? 0))).toBeLessThanOrEqual(1)
      }
      owners = wanted
    }
  })
})
