/** The secrets of this installation: made at the first start, kept in the data folder, readable by its owner alone. */
import { randomBytes } from 'node:crypto'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Trouble } from '@quizboard/shared/process/trouble.ts'

/** The text that `file` keeps. The first time it is what `make` gives, durable before this resolves. Throws Trouble. */
export const keepSecret = async (file: string, make: () => string | Promise<string>): Promise<string> => {
  const known = readSecret(file)
  if (known !== undefined) return known
  const secret = await make()
  // Written beside and renamed: a crash leaves the whole secret or none.
  const next = `${file}.next`
  const handle = openSync(next, 'w', 0o600)
  try {
    writeSync(handle, `${secret}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(next, file)
  syncFolder(dirname(file))
  return secret
}

/** A random secret of 256 bits, kept in `file`. */
export const makeSecret = (file: string): Promise<string> =>
  keepSecret(file, () => randomBytes(32).toString('base64url'))

const readSecret = (file: string): string | undefined => {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Trouble(`The secret in ${file} cannot be read: ${(error as Error).message}`)
  }
  if (text === '')
    throw new Trouble(`The secret in ${file} is empty. Restore the file, or remove it to make a new one.`)
  if (process.platform !== 'win32') chmodSync(file, 0o600)
  return text
}

/** Makes the rename itself durable, where folders can be synced. */
const syncFolder = (path: string) => {
  if (process.platform === 'win32') return
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
