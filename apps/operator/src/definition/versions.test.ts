import { expect, it } from 'vitest'
import { compareVersions } from './versions.ts'

it('versions are ordered as semantic versioning says', () => {
  const ordered = [
    ...['0.1.0', '0.9.0', '0.10.0', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2'],
    ...['1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1', '2.0.0'],
  ]
  for (const [i, a] of ordered.entries())
    for (const [j, b] of ordered.entries())
      expect([a, b, Math.sign(compareVersions(a, b) ?? 9)]).toEqual([a, b, Math.sign(i - j)])
  expect(compareVersions('v1.2.3+build', '1.2.3')).toBe(0)
})

it.each(['', 'latest', '1.2', '1.2.3.4', 'sha-1234'])('%o is no version', (text) =>
  expect(compareVersions(text, '1.0.0')).toBeUndefined(),
)
