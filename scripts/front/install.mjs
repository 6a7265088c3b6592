import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root, Trouble } from './trouble.mjs'

const lockfile = join(root, 'package-lock.json')
const stamp = join(root, 'node_modules', '.quizboard-install')
const busy = join(root, '.cache', 'installing')

/** Installs the packages that package-lock.json names, unless they are there. Quiet when there is nothing to do. */
export const install = async () => {
  if (isInstalled()) return
  await onlyOne(async () => {
    if (isInstalled()) return
    const started = Date.now()
    process.stderr.write('Installing packages; this happens once and takes about a minute …\n')
    const { code, output } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    if (code !== 0) throw new Trouble(explain(output))
    writeStamp()
    process.stderr.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`)
  })
}

/** What the packages were installed from: another lock file, or another machine's folder, means installing again. */
const wanted = () => {
  const hash = createHash('sha256').update(readFileSync(lockfile)).digest('hex')
  return `${hash} ${process.platform} ${process.arch}`
}

const isInstalled = () => {
  try {
    if (readFileSync(stamp, 'utf8') === wanted()) return true
  } catch {
    // No stamp: npm may have been called by hand.
  }
  if (!installedByHand()) return false
  writeStamp()
  return true
}

/** npm's own record of what it installed has every package that package-lock.json asks for. */
const installedByHand = () => {
  let there
  try {
    there = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages
  } catch {
    return false
  }
  const asked = JSON.parse(readFileSync(lockfile, 'utf8')).packages
  return Object.entries(asked).every(([place, { version, link, optional }]) => {
    if (!place.startsWith('node_modules/') || link) return true
    return optional ? there[place] === undefined || there[place].version === version : there[place]?.version === version
  })
}

const writeStamp = () => {
  try {
    writeFileSync(stamp, wanted())
  } catch {
    // A read-only folder: the check is made anew each time.
  }
}

/** Two commands at once on a fresh clone: the second waits for the first one's installation. */
const onlyOne = async (task) => {
  for (let waited = 0; ; waited += 250) {
    try {
      mkdirSync(dirname(busy), { recursive: true })
      writeFileSync(busy, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw new Trouble(explain(`${error.code} ${error.message}`))
      if (waited === 0) process.stderr.write('Another command is installing the packages; waiting for it …\n')
      if (!isAlive(Number(readFileSync(busy, 'utf8')))) rmSync(busy, { force: true })
      await sleep(250)
    }
  }
  try {
    await task()
  } finally {
    rmSync(busy, { force: true })
  }
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** npm's own script, run by this Node: no shell, the same on every system. */
const npmScript = () =>
  [
    process.env.npm_execpath,
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    '/usr/share/nodejs/npm/bin/npm-cli.js',
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
  ].find((path) => path !== undefined && /npm-cli\.[cm]?js$/.test(path) && existsSync(path))

const npm = (args) =>
  new Promise((resolve, reject) => {
    const script = npmScript()
    if (!script)
      return reject(new Trouble('The packages are not installed, and npm was not found. Run `npm ci`, then try again.'))
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })

const CAUSES = [
  [
    /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/,
    'The package registry cannot be reached. Check the network (and npm’s proxy settings), then run this again.',
  ],
  [/\b(EACCES|EPERM|EROFS)\b/, `The folder ${root} cannot be written. Clone Quizboard into a folder of your own.`],
  [/\bENOSPC\b/, 'The disk is full: the packages need about 550 MB.'],
  [/\bEUSAGE\b/, 'package.json and package-lock.json do not fit together. Run `npm install`.'],
  [
    /\bEINTEGRITY\b/,
    'A package is not what package-lock.json promises. Run `npm cache clean --force`, then this again.',
  ],
]

const explain = (output) => {
  const cause = CAUSES.find(([pattern]) => pattern.test(output))?.[1]
  const lines = output.trim().split('\n')
  const tail = lines
    .filter((line) => !/^npm error\s+at /.test(line))
    .slice(-15)
    .join('\n')
  return `The packages could not be installed. ${cause ?? ''}\n\nnpm said:\n${tail}`
}
