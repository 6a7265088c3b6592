import { describe, expect, it } from 'vitest'
import type { RankedPlayer } from './ranking.ts'
import { createRanking } from './sorted-ranking.ts'

/** mulberry32: enough for choosing test cases, and a seed replays them. */
const randomFrom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
type Pick = ReturnType<typeof randomFrom>

/** The definition, in the plainest words: sort everything, count who has more. */
const oracle = (players: ReadonlyMap<string, { score: number; reachedAt: number }>): RankedPlayer[] => {
  const sorted = [...players].map(([userId, key]) => ({ userId, ...key }))
  sorted.sort((a, b) => b.score - a.score || a.reachedAt - b.reachedAt || (a.userId < b.userId ? -1 : 1))
  let rank = 0
  return sorted.map((player, index) => {
    if (index === 0 || sorted[index - 1]?.score !== player.score) rank = index + 1
    return { ...player, rank }
  })
}

interface Pattern {
  name: string
  score(step: number, pick: Pick): number
  reachedAt(step: number, pick: Pick): number
}
const patterns: Pattern[] = [
  { name: 'any scores', score: (_, pick) => pick(2 ** 30) - 2 ** 29, reachedAt: (step) => step },
  { name: 'all equal, all at one time', score: () => 0, reachedAt: () => 5 },
  { name: 'all equal, one after another', score: () => 0, reachedAt: (step) => step },
  { name: 'all equal, backwards in time', score: () => -7, reachedAt: (step) => 10_000 - step },
  { name: 'ascending', score: (step) => step, reachedAt: (step) => step },
  { name: 'descending', score: (step) => -step, reachedAt: (step) => step },
  { name: 'few distinct scores', score: (_, pick) => 1000 * pick(5), reachedAt: (step) => step },
  { name: 'few distinct scores and times', score: (_, pick) => pick(3) - 1, reachedAt: (_, pick) => pick(3) },
  {
    name: 'jumps to the ends of the integers',
    score: (_, pick) => [Number.MIN_SAFE_INTEGER, -1, 0, 1, Number.MAX_SAFE_INTEGER][pick(5)] ?? 0,
    reachedAt: (_, pick) => [Number.MIN_SAFE_INTEGER, 0, 1_753_000_000_000, Number.MAX_SAFE_INTEGER][pick(4)] ?? 0,
  },
  {
    name: 'all gather in one place, then spread again',
    score: (step, pick) => (Math.floor(step / 3000) % 2 === 0 ? pick(1_000_000) : 500_000 + pick(2)),
    reachedAt: (step) => step,
  },
]
const ids = [
  (n: number) => `user-${n}`,
  (n: number) => `${String.fromCharCode(0x4e00 + (n % 999))}🎈${n}`,
  (n: number) => 'x'.repeat(n % 300) + n,
]

describe('ranking', () => {
  for (const pattern of patterns) {
    it(`[Q4] agrees with sorting everything: ${pattern.name}`, () => {
      const seed = Math.floor(Math.random() * 2 ** 31)
      const pick = randomFrom(seed)
      const idOf = ids[pick(ids.length)] ?? String
      const players = new Map<string, { score: number; reachedAt: number }>()
      const ranking = createRanking()
      const population = 1 + pick(2500)
      for (let step = 0; step < 12_000; step++) {
        const userId = idOf(pick(population))
        const key = { score: pattern.score(step, pick), reachedAt: pattern.reachedAt(step, pick) }
        players.set(userId, key)
        const handle = ranking.set(userId, key.score, key.reachedAt)
        if (step % 3000 !== 2999 && step !== 10) continue
        const expected = oracle(players)
        expect(ranking.page(0, players.size), `seed ${seed}`).toEqual(expected)
        expect(ranking.find(userId), `seed ${seed}`).toBe(handle)
        for (const { userId: id, rank, score } of expected) {
          if (ranking.rank(id) !== rank || ranking.score(id) !== score) expect.unreachable(`seed ${seed}: ${id}`)
        }
        for (let i = 0; i < 20; i++) {
          const offset = pick(players.size + 5)
          const limit = pick(200)
          expect(ranking.page(offset, limit), `seed ${seed}`).toEqual(expected.slice(offset, offset + limit))
        }
        expect(ranking.size).toBe(players.size)
      }
    })
  }

  it('[Q4] tells ids apart that look alike', () => {
    const alike = [
      '',
      '\0',
      '\0\0',
      'a',
      'a\0',
      'aa',
      'ä',
      'ÿ',
      'Ā',
      'aĀ',
      '\ud800',
      '__proto__',
      'constructor',
      'é',
      'e\u0301',
    ]
    const long = [254, 255, 256, 1000].flatMap((length) => [
      'a'.repeat(length),
      `${'a'.repeat(length - 1)}b`,
      'é'.repeat(length),
    ])
    const all = [...alike, ...long]
    const ranking = createRanking()
    for (const [score, id] of all.entries()) ranking.set(id, score, 0)
    expect(ranking.size).toBe(all.length)
    expect(ranking.page(0, 100).map((player) => player.userId)).toEqual(all.toReversed())
    expect(ranking.find('b')).toBeUndefined()
  })

  it('[Q4] a handle moves and ranks its player without a look-up', () => {
    const ranking = createRanking()
    const anna = ranking.set('anna', 10, 1)
    ranking.set('ben', 20, 2)
    expect([ranking.rankAt(anna), ranking.scoreAt(anna)]).toEqual([2, 10])
    for (let i = 0; i < 5000; i++) ranking.set(`other-${i}`, 15, 3)
    ranking.move(anna, 20, 9)
    expect([ranking.rankAt(anna), ranking.rank('ben'), ranking.rank('other-7')]).toEqual([1, 1, 3])
  })

  it('[Q4] finds a batch as it finds one by one, in a table larger than a cache', () => {
    const ranking = createRanking()
    const ids = Array.from({ length: 50_000 }, (_, i) =>
      i % 100 === 0 ? `名前 ${i}` : `player-${i}-${'x'.repeat(i % 30)}`,
    )
    for (const [i, id] of ids.entries()) ranking.set(id, i % 1000, i)
    const asked = [...ids.slice(0, 1000), 'nobody', '', ...ids.slice(-70), 'x'.repeat(5000)]
    const found = ranking.findAll(asked)
    expect([...found]).toEqual(asked.map((id) => ranking.find(id) ?? 0))
    expect([...found].filter((handle) => handle === 0)).toHaveLength(3)
    expect(ranking.findAll([])).toHaveLength(0)
    expect(ranking.rank(ids[999] ?? '')).toBe(1)
    expect(ranking.bytes / ranking.size).toBeLessThan(100)
  })

  it('[Q4] the first of an equal run keeps its rank on every page', () => {
    const ranking = createRanking()
    for (let i = 0; i < 300; i++) ranking.set(`p${i}`, i < 2 ? 7 : 5, i)
    expect(ranking.page(150, 2).map((player) => [player.userId, player.rank])).toEqual([
      ['p150', 3],
      ['p151', 3],
    ])
    expect(ranking.page(300, 10)).toEqual([])
  })

  it('[Q9] refuses what is not a safe integer', () => {
    const ranking = createRanking()
    for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => ranking.set('a', bad, 0)).toThrow(RangeError)
      expect(() => ranking.set('a', 0, bad)).toThrow(RangeError)
    }
    expect(ranking.size).toBe(0)
    expect(ranking.rank('a')).toBeUndefined()
  })
})
