/**
 * Whom PostgreSQL runs as. It refuses to run as root; then it runs as an unprivileged user that the system has anyway. Where
 * that user cannot reach our folders (below /root, say), it is given the one capability to read past permissions.
 */
import { spawnSync } from 'node:child_process'
import { EmbeddedPostgresError } from './trouble.ts'

export interface Account {
  /** Owner of the data; undefined: our own user. */
  owner: { uid: number; gid: number } | undefined
  /** How to run a program as it. */
  command(program: string, args: readonly string[]): { program: string; args: string[]; uid?: number; gid?: number }
}

const OWN: Account = { owner: undefined, command: (program, args) => ({ program, args: [...args] }) }

/** On every Unix; the first is there where PostgreSQL was installed once. */
const USERS = ['postgres', 'nobody']

/** Weakest first. Containers have the second as a rule. */
const CAPABILITIES = ['dac_read_search', 'dac_override']

/** `program`, `folder`: what the account must be able to run and to enter. Throws EmbeddedPostgresError. */
export const chooseAccount = (program: string, folder: string): Account => {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return OWN
  const owner = findUser()
  const plain: Account = { owner, command: (name, args) => ({ program: name, args: [...args], ...owner }) }
  if (canReach(plain, program, folder)) return plain
  for (const capability of CAPABILITIES) {
    const capable = withCapability(owner, capability)
    if (canReach(capable, program, folder)) return capable
  }
  throw new EmbeddedPostgresError(
    [
      'PostgreSQL does not run as root, and the user that it would run as cannot reach',
      `  ${program} or`,
      `  ${folder}.`,
      'Run Quizboard as an ordinary user, or put both where every user may enter.',
    ].join('\n'),
  )
}

const findUser = (): { uid: number; gid: number } => {
  for (const name of USERS) {
    const [uid, gid] = ['-u', '-g'].map((option) =>
      Number(spawnSync('id', [option, name], { encoding: 'utf8' }).stdout),
    )
    if (uid && gid !== undefined && Number.isInteger(uid) && Number.isInteger(gid)) return { uid, gid }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and there is no user ${USERS.join(' or ')}. Run Quizboard as an ordinary user.`,
  )
}

const withCapability = (owner: { uid: number; gid: number }, capability: string): Account => ({
  owner,
  command: (program, args) => ({
    program: 'setpriv',
    args: [
      `--reuid=${owner.uid}`,
      `--regid=${owner.gid}`,
      '--clear-groups',
      `--inh-caps=+${capability}`,
      `--ambient-caps=+${capability}`,
      '--',
      program,
      ...args,
    ],
  }),
})

const canReach = (account: Account, program: string, folder: string): boolean => {
  const script = 'cd "$2" && "$1" --version >/dev/null'
  const { program: name, args, ...ids } = account.command('/bin/sh', ['-c', script, 'sh', program, folder])
  return spawnSync(name, args, { ...ids, stdio: 'ignore', cwd: '/' }).status === 0
}
