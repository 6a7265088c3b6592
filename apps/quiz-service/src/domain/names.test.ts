import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { describe, expect, it } from 'vitest'
import { assignNames, nameCandidates, numberedName, parseName } from './names.ts'

describe('a name', () => {
  it.each([
    ['Anna', 'Anna'],
    ['  Anna\t', 'Anna'],
    ['e\u0301', 'é'],
    ['🦉'.repeat(40), '🦉'.repeat(40)],
    ['👩‍🚀', '👩‍🚀'],
    ['نور', 'نور'],
    ['a  b', 'a  b'],
    ['__proto__', '__proto__'],
    ['<b>', '<b>'],
    // Forty-one code points that NFC makes forty.
    [`${'x'.repeat(39)}e\u0301`, `${'x'.repeat(39)}é`],
    ['\ue000', '\ue000'],
  ])('[Q9.1] %j is kept as NFC, trimmed', (raw, name) => {
    expect(parseName(raw)).toEqual({ ok: true, name })
  })
  it.each([
    [''],
    [' \u3000\n'],
    ['x'.repeat(41)],
    ['🦉'.repeat(41)],
    ['x'.repeat(100_000)],
    ['a\u0000b'],
    ['a\nb'],
    ['a\u0085b'],
    ['a\u2028b'],
    ['a\u202eb'],
    ['\u2066a\u2069'],
    ['a\ud800'],
    ['\u200b\u200d'],
    ['\u3164'],
    ['\u00ad'],
  ])('[Q9.1] %j is refused', (raw) => {
    expect(parseName(raw)).toEqual({ ok: false, detail: expect.stringMatching(/^must/) })
  })
})

describe('a taken name', () => {
  const length = (text: string) => [...text].length
  it('[Q9.1] gets a number', () => {
    expect([1, 2, 3, 10_000].map((n) => numberedName('Anna', n))).toEqual(['Anna', 'Anna 2', 'Anna 3', 'Anna 10000'])
  })
  it('[Q9.1] is shortened to fit with its number, by what people see as characters', () => {
    expect(numberedName('x'.repeat(40), 2)).toBe(`${'x'.repeat(38)} 2`)
    expect(numberedName(`${'x'.repeat(36)} yyy`, 12)).toBe(`${'x'.repeat(36)} 12`)
    const family = '👨‍👩‍👧'
    expect(numberedName(family.repeat(8), 2)).toBe(`${family.repeat(7)} 2`)
    const towering = `a${'\u0301\u0302'.repeat(19)}b`.normalize('NFC')
    expect(length(numberedName(towering, 2))).toBeLessThanOrEqual(40)
    expect(numberedName(towering, 2).normalize('NFC')).toBe(numberedName(towering, 2))
  })
  it('[Q9.1] five hundred of one name are all different', () => {
    const names = assignNames(Array(500).fill('Anna'), new Set(), () => 500)
    expect(new Set(names).size).toBe(500)
    expect(names?.at(-1)).toBe('Anna 500')
  })
  it('[Q9.1] steps over numbers that others have chosen, and says when it needs more candidates', () => {
    const taken = new Set(['Anna', 'Anna 3'])
    expect(assignNames(['Anna', 'Anna', 'Bea', 'Anna 2'], taken, () => 9)).toEqual([
      'Anna 2',
      'Anna 4',
      'Bea',
      'Anna 2 2',
    ])
    expect(assignNames(['Anna'], taken, () => 1)).toBeUndefined()
    expect(nameCandidates(['Anna', 'Bea', 'Anna'], (name) => (name === 'Anna' ? 2 : 1))).toEqual([
      'Anna',
      'Anna 2',
      'Bea',
    ])
  })
  it.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    '[Q9.1] is never given twice and fits, whatever is taken (seed %i)',
    (seed) => {
      const random = createSeededRandom(seed)
      const bases = ['A', 'A 2', 'x'.repeat(40), `${'x'.repeat(39)}y`, '👨‍👩‍👧'.repeat(8), 'B']
      const taken = new Set<string>()
      for (let i = 0; i < 40; i++) taken.add(numberedName(random.pick(bases), 1 + random.int(12)))
      const wanted = Array.from({ length: 60 }, () => random.pick(bases))
      const names = assignNames(wanted, taken, () => taken.size + wanted.length) ?? []
      expect(names).toHaveLength(60)
      expect(new Set([...names, ...taken]).size).toBe(60 + taken.size)
      for (const name of names) expect(length(name)).toBeLessThanOrEqual(40)
    },
  )
})
