import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openDataFolder } from './data-folder.ts'
import { keepSecret } from './keys.ts'

const base = mkdtempSync(join(tmpdir(), 'quizboard-folder-'))
afterAll(() => rmSync(base, { recursive: true }))

describe('the data folder', () => {
  it('[Q10.1] is for one Quizboard at a time, and says who has it', async () => {
    const path = join(base, 'one')
    const first = await openDataFolder(path)
    first.announce({ url: 'http://localhost:8080' })
    await expect(openDataFolder(path, { patienceMs: 100 })).rejects.toThrow(
      new RegExp(`using the data folder ${path} \\(process ${process.pid}, http://localhost:8080\\)`),
    )
    first.release()
    const second = await openDataFolder(path)
    second.release()
    expect(existsSync(path)).toBe(true)
  })

  it('[Q10.1] waits for one that is just leaving', async () => {
    const path = join(base, 'leaving')
    const first = await openDataFolder(path)
    setTimeout(() => first.release(), 200)
    const second = await openDataFolder(path)
    second.release()
  })

  it('[Q10.1] leaves nothing behind when it was made for a start that failed', async () => {
    const path = join(base, 'failed')
    const folder = await openDataFolder(path)
    folder.release({ remove: true })
    expect(existsSync(path)).toBe(false)
  })

  it('[Q10.4] says which path cannot be a folder', async () => {
    writeFileSync(join(base, 'file'), '')
    await expect(openDataFolder(join(base, 'file'))).rejects.toThrow(/file \(QUIZBOARD_DATA_DIR\) cannot be made/)
  })

  it('[Q1.4] keeps its secrets: made once, for their owner alone', async () => {
    const file = join(base, 'secret')
    expect(await keepSecret(file, () => 'first')).toBe('first')
    expect(await keepSecret(file, () => 'second')).toBe('first')
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    writeFileSync(file, '')
    await expect(keepSecret(file, () => 'third')).rejects.toThrow(/is empty/)
  })
})
