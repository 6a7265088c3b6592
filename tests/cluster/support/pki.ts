/** Certificate authorities and certificates for tests, by the openssl of the machine. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate {
  /** PEM. */
  crt: string
  key: string
}

export interface Authority extends Certificate {
  /** `hosts`: names and addresses of a server; a client has none. */
  issue(commonName: string, hosts?: readonly string[]): Promise<Certificate>
}

const run = promisify(execFile)
const KEY = ['-newkey', 'rsa:2048', '-nodes']

/** Its files are gone when it returns. */
const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-pki-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const read = (folder: string, name: string): Certificate => ({
  crt: readFileSync(join(folder, `${name}.crt`), 'utf8'),
  key: readFileSync(join(folder, `${name}.key`), 'utf8'),
})

export const createAuthority = async (commonName: string): Promise<Authority> => {
  const own = await inFolder(async (cwd) => {
    const out = ['-keyout', 'ca.key', '-out', 'ca.crt']
    await run('openssl', ['req', '-x509', ...KEY, '-days', '2', '-subj', `/CN=${commonName}`, ...out], { cwd })
    return read(cwd, 'ca')
  })
  const issue = (subject: string, hosts: readonly string[] = []) =>
    inFolder(async (cwd) => {
      writeFileSync(join(cwd, 'ca.crt'), own.crt)
      writeFileSync(join(cwd, 'ca.key'), own.key)
      const names = hosts.map((host) => `${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`)
      writeFileSync(join(cwd, 'more'), names.length > 0 ? `subjectAltName=${names.join()}` : '')
      await run('openssl', ['req', ...KEY, '-subj', `/CN=${subject}`, '-keyout', 'one.key', '-out', 'one.csr'], { cwd })
      const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'more']
      await run('openssl', ['x509', '-req', '-in', 'one.csr', ...by, '-out', 'one.crt'], { cwd })
      return read(cwd, 'one')
    })
  return { ...own, issue }
}
