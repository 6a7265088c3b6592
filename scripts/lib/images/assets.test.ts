import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../run.ts'
import { pointToAssets } from './assets.ts'

const file = join(root, 'apps/quiz-service/src/adapters/store.ts')
const assets = { 'apps/quiz-service/src/migrations': 'migrations', 'apps/web/dist': 'web' }

describe('what a program reads beside itself', () => {
  it('is looked for beside the bundle, folder or file', () => {
    expect(pointToAssets("const F = new URL('../migrations/', import.meta.url)", file, assets)).toBe(
      "const F = new URL('./migrations/', import.meta.url)",
    )
    expect(pointToAssets('new URL("../../../web/dist", import.meta.url)', file, assets)).toBe(
      "new URL('./web', import.meta.url)",
    )
  })
  it('ends the bundling if nobody has listed it', () => {
    expect(() => pointToAssets("new Worker(new URL('./thread.ts', import.meta.url))", file, assets)).toThrow(
      'apps/quiz-service/src/adapters/store.ts reads apps/quiz-service/src/adapters/thread.ts when it runs: name it among the assets in deployables.ts',
    )
    expect(() => pointToAssets("new URL('../../../../constructor', import.meta.url)", file, assets)).toThrow('name it')
  })
  it('other addresses stay as they are', () => {
    const source = "new URL(path, base); new URL('/a', 'http://b'); createRequire(import.meta.url)"
    expect(pointToAssets(source, file, assets)).toBe(source)
  })
})
