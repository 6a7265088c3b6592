import { chmodSync, existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findBinaries, prepareBinaries } from './binaries.ts'
import { explain } from './trouble.ts'

describe.skipIf(process.platform === 'win32')('a package whose install script did not run', () => {
  let home: string
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'quizboard-package-'))
    for (const folder of ['native/bin', 'native/lib']) mkdirSync(join(home, folder), { recursive: true })
    for (const program of ['postgres', 'initdb', 'pg_ctl'])
      writeFileSync(join(home, 'native/bin', program), '', { mode: 0o644 })
    writeFileSync(join(home, 'package.json'), '{"version":"18.4.0-beta.17"}')
    writeFileSync(join(home, 'native/lib/libx.so.1.2'), '')
    const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }]
    writeFileSync(join(home, 'native/pg-symlinks.json'), JSON.stringify(links))
  })
  afterEach(() => rmSync(home, { recursive: true }))

  it('[Q10.4] is made complete: programs can be run, libraries are found', () => {
    const found = prepareBinaries(home, 'a-package')
    expect(found.major).toBe(18)
    for (const program of [found.postgres, found.initdb, found.pgCtl])
      expect(statSync(program).mode & 0o111).toBe(0o111)
    expect(readlinkSync(join(home, 'native/lib/libx.so.1'))).toBe('libx.so.1.2')
    expect(prepareBinaries(home, 'a-package')).toEqual(found)
  })
  it('[Q10.4] says what is missing, and how to mend it', () => {
    rmSync(join(home, 'native/bin/initdb'))
    expect(() => prepareBinaries(home, 'a-package')).toThrow(/a-package lacks initdb. Install again with `npm ci/)
  })
  it.skipIf(process.getuid?.() === 0)('[Q10.4] says which library cannot be linked', () => {
    chmodSync(join(home, 'native/lib'), 0o500)
    expect(() => prepareBinaries(home, 'a-package')).toThrow(/libx.so.1, and|cannot be made/)
    expect(existsSync(join(home, 'native/lib/libx.so.1'))).toBe(false)
    chmodSync(join(home, 'native/lib'), 0o700)
  })
})

it('[Q10.4] the installed PostgreSQL is found', () => {
  expect(findBinaries().major).toBeGreaterThanOrEqual(18)
})
it.each([
  ['FATAL: could not write: No space left on device', /disk is full.*\/data/],
  ['initdb: error: could not create: Read-only file system', /read-only/],
  ['mkdir: Permission denied', /may not write to \/data/],
  ['could not map anonymous shared memory: Cannot allocate memory', /not enough memory/],
  ['something else', /^$/],
])('[Q10.4] “%s” is told in plain words', (output, words) => {
  expect(explain(output, '/data')).toMatch(words)
})
