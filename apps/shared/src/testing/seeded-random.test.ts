import { expect, it } from 'vitest'
import { createSeededRandom } from './seeded-random.ts'

it('[Q10] the same seed gives the same values, another seed others', () => {
  const draw = (seed: number) => {
    const random = createSeededRandom(seed)
    return [random.next(), random.int(1_000), [...random.bytes(4)], random.pick(['a', 'b', 'c']), random.chance(0.5)]
  }
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})
it('[Q10] values stay in their ranges and are spread', () => {
  const random = createSeededRandom(1)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 10_000; i++) {
    const value = random.int(10)
    counts[value] = (counts[value] ?? 0) + 1
    expect(random.next()).toBeLessThan(1)
  }
  for (const count of counts) expect(count).toBeGreaterThan(800)
})
it('[Q10] a shuffle keeps every entry, and nothing can be picked from nothing', () => {
  const random = createSeededRandom(3)
  const list = Array.from({ length: 50 }, (_, i) => i)
  const shuffled = random.shuffle(list)
  expect(shuffled).not.toEqual(list)
  expect(shuffled.sort((a, b) => a - b)).toEqual(list)
  expect(() => random.pick([])).toThrow(/nothing/)
})
