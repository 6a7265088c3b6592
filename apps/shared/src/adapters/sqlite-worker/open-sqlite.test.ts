import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { CounterOperations } from '../../testing/counter-program.ts'
import { SqliteUnavailable } from './errors.ts'
import { openSqlite, type Sqlite } from './open-sqlite.ts'
import type { SqliteOptions } from './runner.ts'

const folder = mkdtempSync(join(tmpdir(), 'sqlite-worker-'))
afterAll(() => rmSync(folder, { recursive: true }))
const opened: Sqlite<CounterOperations>[] = []
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close()
})
let files = 0
const newFile = (): string => join(folder, `${files++}.sqlite`)
const open = async (file: string, rest: Partial<SqliteOptions> = {}) => {
  const module = new URL('../../testing/counter-program.ts', import.meta.url)
  const db = await openSqlite<CounterOperations>({ file, module, busyTimeoutMs: 50, ...rest })
  opened.push(db)
  return db
}

describe.each<[string, () => string]>([
  ['in a thread', newFile],
  ['inline', () => ':memory:'],
])('%s', (_, file) => {
  it('[Q1.1] calls run in their order, each once', async () => {
    const { call } = await open(file())
    const values = await Promise.all(Array.from({ length: 1_000 }, () => call.add('a', 1)))
    expect(values).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 1))
    expect(await call.get('a')).toBe(1_000)
  })
  it('[Q1.3] a call that fails is undone alone; its neighbours in the transaction are stored', async () => {
    const { call } = await open(file())
    const results = await Promise.allSettled([call.add('a', 1), call.addThenFail('a'), call.add('a', 1), call.get('a')])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(results[3]).toEqual({ status: 'fulfilled', value: 2 })
    await expect(call.addThenFail('a')).rejects.toThrow('on purpose')
    expect(await call.get('a')).toBe(2)
  })
  it('[Q1.3] a transaction that an operation of its own kind leaves open is undone', async () => {
    const { call } = await open(file())
    await expect(call.abandon('a')).rejects.toThrow('left open')
    expect(await Promise.all([call.add('a', 5), call.get('a')])).toEqual([5, 5])
  })
  it('[Q9.1] errors keep their name, code and message; options reach the program', async () => {
    const { call } = await open(file(), { options: { limit: 10 } })
    await expect(call.add('a', 11)).rejects.toMatchObject({
      name: 'RangeError',
      code: 'counter/limit',
      message: 'a is over 10',
    })
    expect(await call.get('a')).toBe(0)
  })
  it('[Q9.1] what cannot be cloned is refused alone, an unknown operation too', async () => {
    const { call } = await open(file())
    const [echo, add] = await Promise.allSettled([call.echo(() => {}), call.add('a', 1)])
    expect(echo.status).toBe('rejected')
    expect(add).toEqual({ status: 'fulfilled', value: 1 })
    const unknown: unknown = Reflect.get(call, 'nonsense')
    await expect((unknown as () => Promise<void>)()).rejects.toThrow('no operation "nonsense"')
    await expect((Reflect.get(call, 'toString') as () => Promise<void>)()).rejects.toThrow('no operation')
  })
  it('[Q1.2] values are copies: nobody shares an object with the operations', async () => {
    const { call } = await open(file())
    const value = { map: new Map([['a', [1]]]) }
    const back = await call.echo(value)
    expect(back).toEqual(value)
    expect(back).not.toBe(value)
  })
  it('[Q1.1] close waits for the calls under way and refuses later ones', async () => {
    const db = await open(file())
    const calls = [db.call.add('a', 1), db.call.add('a', 1)]
    const closed = db.close()
    await expect(db.call.add('a', 1)).rejects.toBeInstanceOf(SqliteUnavailable)
    await closed
    await db.close()
    expect(await Promise.all(calls)).toEqual([1, 2])
  })
})

it('[Q1.1] the file is exclusive, journalled and flushed at every commit', async () => {
  const { call } = await open(newFile())
  const pragmas = ['journal_mode', 'synchronous', 'foreign_keys', 'locking_mode']
  expect(await Promise.all(pragmas.map((name) => call.pragma(name)))).toEqual(['wal', 2, 1, 'exclusive'])
  await call.forget('a')
  expect(await call.pragma('synchronous')).toBe(2)
})
it('[Q1.1] what was acknowledged is there after a reopening', async () => {
  const file = newFile()
  const first = await open(file)
  await first.call.add('a', 3)
  await first.close()
  expect(await (await open(file)).call.get('a')).toBe(3)
})
it('[Q10.1] a second opening of the file is refused with its name, and harms nothing', async () => {
  const file = newFile()
  const first = await open(file)
  await expect(open(file)).rejects.toThrow(`${file} is in use by another process`)
  await expect(open(file)).rejects.toBeInstanceOf(SqliteUnavailable)
  expect(await first.call.add('a', 1)).toBe(1)
  await first.close()
  expect(await (await open(file)).call.get('a')).toBe(1)
})
it('[Q10.1] a path that cannot be opened, and a file that is no database, are told', async () => {
  await expect(open(join(folder, 'absent', 'x.sqlite'))).rejects.toThrow('cannot be opened')
  await expect(open(import.meta.filename, { busyTimeoutMs: 0 })).rejects.toThrow('is not a SQLite database')
})
it('[Q9] a module without a program is told', async () => {
  await expect(open(newFile(), { module: new URL('./errors.ts', import.meta.url) })).rejects.toThrow('openProgram')
})
it('[Q1.1] the end of the thread rejects every waiting and later call and is reported once', async () => {
  const crashes: Error[] = []
  const file = newFile()
  const { call } = await open(file, { onCrash: (error) => crashes.push(error) })
  await call.add('a', 1)
  const results = await Promise.allSettled([call.crash(), call.add('a', 1)])
  for (const result of results) expect(result).toMatchObject({ reason: expect.any(SqliteUnavailable) })
  await expect(call.get('a')).rejects.toBeInstanceOf(SqliteUnavailable)
  expect(crashes).toHaveLength(1)
  expect(await (await open(file)).call.get('a')).toBe(1)
})
it('[Q1.1] calls that wait for a commit share the next', async () => {
  const { call } = await open(newFile())
  const order: string[] = []
  const slow = call.work(50).then(() => order.push('slow'))
  await Promise.resolve()
  const rest = Array.from({ length: 600 }, (_, i) => call.add('a', 1).then(() => order.push(String(i))))
  await Promise.all([slow, ...rest])
  expect(order).toEqual(['slow', ...Array.from({ length: 600 }, (_, i) => String(i))])
})
