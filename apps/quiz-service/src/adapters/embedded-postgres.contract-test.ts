/** The embedded PostgreSQL: starts, restarts, orphans, and what people are told when it cannot run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { isAlive } from './embedded-postgres/orphan.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'

const base = mkdtempSync(join(tmpdir(), 'quizboard-embedded-'))
const started = new Set<number>()
afterAll(async () => {
  for (const pid of started) if (isAlive(pid)) process.kill(pid, 'SIGQUIT')
  await sleep(200)
  rmSync(base, { recursive: true, force: true })
})

const logger = silentLogger()
const start = async (dataDir: string) => {
  const postgres = await startEmbeddedPostgres({ dataDir, logger })
  started.add(serverOf(dataDir))
  return postgres
}
const serverOf = (dataDir: string) =>
  Number(readFileSync(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0])
const ask = async (url: string, text: string) => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

/** A process that starts PostgreSQL and says so, to be killed. */
const RUNNER = `
  import { startEmbeddedPostgres } from ${JSON.stringify(fileURLToPath(new URL('./embedded-postgres.ts', import.meta.url)))}
  import { silentLogger } from ${JSON.stringify(fileURLToPath(new URL('../../../shared/src/kit/logger.ts', import.meta.url)))}
  const postgres = await startEmbeddedPostgres({ dataDir: process.argv[1], logger: silentLogger() })
  process.stdout.write(postgres.url + '\\n')
  setInterval(() => {}, 1000)
`
const launch = (dataDir: string): { child: ChildProcess; url: Promise<string> } => {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', RUNNER, dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const url = new Promise<string>((resolve) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
  })
  return { child, url }
}
const kill = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })

describe('the embedded PostgreSQL', () => {
  const dataDir = join(base, 'one', 'deep')

  it('[Q1.4] [Q10.3] keeps its data over a stop and a start, durably, for its owner alone', async () => {
    const first = await start(dataDir)
    expect(new URL(first.url).hostname).toBe('127.0.0.1')
    await ask(first.url, 'create table kept as select 7 as value')
    for (const [setting, value] of [
      ['fsync', 'on'],
      ['synchronous_commit', 'on'],
      ['full_page_writes', 'on'],
      ['listen_addresses', '127.0.0.1'],
      ['server_encoding', 'UTF8'],
    ])
      expect([setting, await ask(first.url, `show ${setting}`)]).toEqual([setting, [{ [String(setting)]: value }]])
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600)
    expect(statSync(join(dataDir, 'cluster')).mode & 0o777).toBe(0o700)
    await expect(ask(first.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password authentication/)
    const pid = serverOf(dataDir)
    await Promise.all([first.stop(), first.stop()])
    expect(isAlive(pid)).toBe(false)
    const second = await start(dataDir)
    expect(await ask(second.url, 'select value from kept')).toEqual([{ value: 7 }])
    await second.stop()
  })

  it('[Q10.1] is one a folder', async () => {
    const first = await start(dataDir)
    await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(
      `Another process is using the folder ${dataDir}`,
    )
    expect(await ask(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await first.stop()
  })

  it('[Q10.1] is one of many on a machine', async () => {
    const both = await Promise.all([start(dataDir), start(join(base, 'two'))])
    expect(new Set(both.map(({ url }) => new URL(url).port)).size).toBe(2)
    for (const { url } of both) expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    await Promise.all(both.map(({ stop }) => stop()))
  })

  it('[Q10.2] comes back after its owner and itself are killed, with what was committed', async () => {
    const { child, url } = launch(dataDir)
    await ask(await url, 'create table committed as select 8 as value')
    const orphan = serverOf(dataDir)
    started.add(orphan)
    await kill(child)
    expect(isAlive(orphan)).toBe(true)
    const after = await start(dataDir)
    expect(isAlive(orphan)).toBe(false)
    expect(await ask(after.url, 'select value from committed')).toEqual([{ value: 8 }])
    await after.stop()

    const again = launch(dataDir)
    await ask(await again.url, 'insert into committed values (9)')
    const victim = serverOf(dataDir)
    await kill(again.child)
    process.kill(victim, 'SIGKILL')
    const recovered = await start(dataDir)
    expect(await ask(recovered.url, 'select value from committed')).toEqual([{ value: 8 }, { value: 9 }])
    await recovered.stop()
  })

  it('[Q10.2] starts again at the same address when the server ends by itself', async () => {
    const postgres = await start(dataDir)
    const victim = serverOf(dataDir)
    process.kill(victim, 'SIGKILL')
    let answer: unknown
    for (let waited = 0; waited < 15_000 && answer === undefined; waited += 100) {
      await sleep(100)
      answer = await ask(postgres.url, 'select value from committed').catch(() => undefined)
    }
    expect(answer).toEqual([{ value: 8 }, { value: 9 }])
    started.add(serverOf(dataDir))
    expect(serverOf(dataDir)).not.toBe(victim)
    await postgres.stop()
    expect(existsSync(join(dataDir, 'cluster', 'postmaster.pid'))).toBe(false)
  })

  it('[Q10.2] is stopped by one call, also while it is coming back', async () => {
    const postgres = await start(dataDir)
    process.kill(serverOf(dataDir), 'SIGKILL')
    await sleep(30)
    await postgres.stop()
    const again = await start(dataDir)
    await again.stop()
  })

  it('[Q10.2] starts after kills at any moment of a first start', async () => {
    const fresh = join(base, 'cut')
    for (const ms of [150, 350, 600, 900]) {
      const { child } = launch(fresh)
      await sleep(ms)
      await kill(child)
    }
    const postgres = await start(fresh)
    expect(await ask(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })

  it('[Q10.2] leaves alone a process that has got the id of a server long gone', async () => {
    const bystander = spawn('sleep', ['60'])
    writeFileSync(
      join(dataDir, 'cluster', 'postmaster.pid'),
      `${bystander.pid}\n${join(dataDir, 'cluster')}\n0\n5432\n`,
    )
    const postgres = await start(dataDir)
    expect(isAlive(bystander.pid ?? -1)).toBe(true)
    await postgres.stop()
    bystander.kill()
  })
})

describe('people are told', () => {
  it('[Q10.4] that the data is of another PostgreSQL', async () => {
    const dataDir = join(base, 'old')
    mkdirSync(join(dataDir, 'cluster'), { recursive: true })
    writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '12\n')
    const starting = startEmbeddedPostgres({ dataDir, logger })
    await expect(starting).rejects.toThrow(/made by PostgreSQL 12; this Quizboard brings PostgreSQL 18/)
  })
  it('[Q10.4] that the folder is a file, or cannot be made', async () => {
    const file = join(base, 'file')
    writeFileSync(file, '')
    await expect(startEmbeddedPostgres({ dataDir: file, logger })).rejects.toThrow(`The folder ${file} cannot be made`)
    await expect(startEmbeddedPostgres({ dataDir: join(file, 'x'), logger })).rejects.toThrow(/cannot be made/)
  })
  it('[Q10.4] that the password is gone', async () => {
    const dataDir = join(base, 'no-password')
    const postgres = await start(dataDir)
    await postgres.stop()
    rmSync(join(dataDir, 'password'))
    await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(/restore the file .*password/)
  })
  it('[Q10.4] what the server said when it does not come up', async () => {
    const dataDir = join(base, 'broken')
    const postgres = await start(dataDir)
    await postgres.stop()
    writeFileSync(join(dataDir, 'cluster', 'postgresql.conf'), 'no_such_setting = 1\n')
    await expect(startEmbeddedPostgres({ dataDir, logger })).rejects.toThrow(/no_such_setting/)
  })
})

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  it('[Q10.4] runs as another user, also below a folder that this user may not enter', async () => {
    const closed = join(base, 'closed')
    mkdirSync(closed)
    chmodSync(closed, 0o700)
    const dataDir = join(closed, 'postgres')
    const postgres = await start(dataDir)
    expect(statSync(join(dataDir, 'cluster')).uid).not.toBe(0)
    expect(statSync(closed).mode & 0o777).toBe(0o700)
    await postgres.stop()
  })
})
