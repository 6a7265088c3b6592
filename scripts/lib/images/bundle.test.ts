import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../run.ts'
import { bundle, loadedAtRunTime, packagesOf } from './bundle.ts'

mkdirSync(join(root, '.cache'), { recursive: true })
const folder = mkdtempSync(join(root, '.cache/bundle-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const bundleOf = (source: string) => {
  writeFileSync(join(folder, 'main.ts'), source)
  return bundle({ name: 'trial', entry: relative(root, join(folder, 'main.ts')) }, join(folder, 'out'))
}

describe('a bundle', () => {
  it('has the packages in it, and names them for their licences', async () => {
    expect(await bundleOf("import express from 'express'\nconsole.log(typeof express)")).toEqual(
      expect.arrayContaining(['express', 'body-parser', 'qs']),
    )
    expect(readFileSync(join(folder, 'out/main.mjs'), 'utf8')).not.toMatch(/from ['"]express['"]/)
  })
  it('is not made if a package is missing, however it is loaded', async () => {
    await expect(bundleOf("import 'no-such-package'")).rejects.toThrow('no-such-package')
    await expect(bundleOf("await import('no-such-package')")).rejects.toThrow('no-such-package')
    const lazily = "import { createRequire } from 'node:module'\nimport './lazy.cjs'\nconsole.log(createRequire)"
    writeFileSync(join(folder, 'lazy.cjs'), "try { require('no-such-package') } catch {}")
    await expect(bundleOf(lazily)).rejects.toThrow(
      'the bundle of the trial would load no-such-package, which it does not have',
    )
  })
})

it('what code loads when it runs is read out of it', () => {
  expect(loadedAtRunTime('a(__require("fs")); __require.resolve(\'b/c\'); __require(name); my__require("d")')).toEqual([
    'fs',
    'b/c',
  ])
})

it('packages are told by the paths of their modules, nested ones too', () => {
  const paths = ['pg/lib/index.js', '@a/b/x.js', 'cdk8s/node_modules/yaml/dist/y.js', 'pg/package.json?commonjs-proxy']
  const ours = join(root, 'apps/shared/src/kit/config.ts')
  expect(packagesOf([...paths.map((path) => join(root, 'node_modules', path)), ours, '\0rolldown/runtime.js'])).toEqual(
    ['@a/b', 'cdk8s/node_modules/yaml', 'pg'],
  )
})
