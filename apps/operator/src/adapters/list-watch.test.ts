import { systemClock, systemRandom } from '@quizboard/shared/kit/system.ts'
import { eventually } from '@quizboard/shared/testing/eventually.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeApiServer, PATH, startFakeApiServer } from '../testing/fake-api-server.ts'
import { createKubeHttp } from './kube-http.ts'
import { createListWatch, type ListWatch } from './list-watch.ts'
import type { ListWatchSettings } from './list-watch-options.ts'
import { keyOf } from './object-store.ts'

const FAST: Partial<ListWatchSettings> = { backoffMs: { first: 5, most: 50 }, absentMs: 20, graceMs: 30, pageSize: 7 }
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const setUp = async (settings: Partial<ListWatchSettings> = {}) => {
  const server = await startFakeApiServer()
  const http = createKubeHttp({ config: server.config, userAgent: 'test', timeoutMs: 2_000 })
  const changes: string[] = []
  const states: string[] = []
  const watch = createListWatch({
    http,
    path: PATH,
    apiVersion: 'test/v1',
    kind: 'Thing',
    onChange: ({ object }) => changes.push(keyOf(object)),
    onState: (state) => states.push(state),
    clock: systemClock,
    random: systemRandom,
    settings: { ...FAST, ...settings },
  })
  cleanups.push(
    () => server.stop(),
    () => http.close(),
    () => watch.stop(),
  )
  return { server, watch, changes, states }
}

/** name → resource version. */
const versions = (objects: Iterable<{ metadata: { name: string; resourceVersion?: string } }>) =>
  Object.fromEntries([...objects].map(({ metadata }) => [metadata.name, metadata.resourceVersion]).sort())
const agrees = (watch: ListWatch, server: FakeApiServer) =>
  eventually(
    'the copy is what a list shows',
    () => JSON.stringify(versions(watch.objects.values())) === JSON.stringify(versions(server.objects.values())),
    { limitMs: 10_000 },
  )
const watching = (server: FakeApiServer) => eventually('a watch is open', () => server.openWatches > 0)

it('lists page by page, then follows', async () => {
  const { server, watch, changes, states } = await setUp()
  for (let i = 0; i < 20; i++) server.put(`thing-${i}`)
  watch.start()
  await agrees(watch, server)
  expect(watch.state).toBe('synced')
  expect(server.lists).toBe(3)
  expect(changes).toHaveLength(20)
  expect(watch.objects.get('school/thing-3')).toMatchObject({ apiVersion: 'test/v1', kind: 'Thing' })
  await watching(server)
  server.put('thing-3')
  server.delete('thing-4')
  server.put('new')
  await agrees(watch, server)
  expect(changes.slice(20)).toEqual(['school/thing-3', 'school/thing-4', 'school/new'])
  expect(states).toEqual(['synced'])
})

describe('goes on where it was, without a new list', () => {
  it.each(['reset', 'half a line', 'end'] as const)('when the connection ends: %s', async (how) => {
    const { server, watch } = await setUp()
    server.put('a')
    watch.start()
    await watching(server)
    for (let i = 0; i < 5; i++) {
      server.cut(how)
      server.put(`while-down-${i}`)
      server.delete(i % 2 === 0 ? 'a' : 'b')
      server.put('b')
      await agrees(watch, server)
      await watching(server)
    }
    expect(server.lists).toBe(1)
  })
  it('when the server sends an error, or what is no event', async () => {
    const { server, watch } = await setUp()
    watch.start()
    await watching(server)
    server.sendError(500)
    server.put('a')
    await agrees(watch, server)
    await watching(server)
    server.sendGarbage()
    server.put('b')
    await agrees(watch, server)
    expect(server.lists).toBe(1)
  })
  it('when the watch falls silent', async () => {
    const { server, watch } = await setUp({ silenceMs: 100 })
    watch.start()
    await watching(server)
    server.silence(true)
    server.put('unheard')
    server.silence(false)
    await agrees(watch, server)
    expect(server.lists).toBe(1)
  })
  it('from the last bookmark, after everything before it is forgotten', async () => {
    const { server, watch } = await setUp()
    server.put('a')
    watch.start()
    await watching(server)
    // Changes of other collections raise the version, too: only a bookmark tells.
    server.silence(true)
    server.put('b')
    server.delete('b')
    server.silence(false)
    server.sendBookmark()
    server.forget()
    server.cut('end')
    server.put('c')
    await agrees(watch, server)
    expect(server.lists).toBe(1)
  })
})

describe('lists anew and tells what it missed', () => {
  it.each([false, true])('when its version is too old (told by an event: %s)', async (goneAsEvent) => {
    const { server, watch, changes } = await setUp()
    server.goneAsEvent = goneAsEvent
    for (const name of ['stays', 'changes', 'goes']) server.put(name)
    watch.start()
    await watching(server)
    server.silence(true)
    server.put('changes')
    server.delete('goes')
    server.put('comes')
    server.forget()
    server.silence(false)
    changes.splice(0)
    server.cut('reset')
    await agrees(watch, server)
    expect(changes.sort()).toEqual(['school/changes', 'school/comes', 'school/goes'])
    expect(server.lists).toBe(2)
  })
  it('when the server says 410 in the middle of a watch', async () => {
    const { server, watch } = await setUp()
    watch.start()
    await watching(server)
    server.sendError(410)
    await eventually('a second list', () => server.lists === 2)
    server.put('a')
    await agrees(watch, server)
  })
  it('after a while, although nothing seems wrong', async () => {
    const { server, watch } = await setUp({ relistMs: 50, watchMs: 1 })
    watch.start()
    await watching(server)
    server.silence(true)
    server.put('missed against all odds')
    await agrees(watch, server)
    expect(server.lists).toBeGreaterThan(1)
  })
})

describe('waits and comes back', () => {
  it.each([{ status: 500 }, { status: 503, retryAfterS: 0 }, { status: 429, retryAfterS: 0 }])(
    'when the server answers %j',
    async (answer) => {
      const { server, watch } = await setUp()
      server.put('a')
      server.answer = answer
      watch.start()
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(watch.state).toBe('starting')
      server.answer = undefined
      await agrees(watch, server)
      await watching(server)
      server.answer = answer
      server.cut('reset')
      server.put('b')
      await new Promise((resolve) => setTimeout(resolve, 50))
      server.answer = undefined
      await agrees(watch, server)
      expect(watch.state).toBe('synced')
    },
  )
  it('when the server restarts', async () => {
    const { server, watch } = await setUp()
    server.put('a')
    watch.start()
    await watching(server)
    for (let i = 0; i < 3; i++) {
      await server.stop()
      server.put(`while-down-${i}`)
      await server.restart()
      await agrees(watch, server)
    }
  })
  it('when the server is slow, and when it does not answer at all', async () => {
    const { server, watch } = await setUp()
    server.put('a')
    server.slownessMs = 200
    watch.start()
    await agrees(watch, server)
    server.slownessMs = 3_000
    server.cut('reset')
    server.put('b')
    await new Promise((resolve) => setTimeout(resolve, 100))
    server.slownessMs = 0
    await agrees(watch, server)
  })
})

describe('a kind that is not there', () => {
  it('is said, and noticed when it comes; when it goes, its objects are gone', async () => {
    const { server, watch, changes, states } = await setUp()
    server.missing = true
    server.put('a')
    watch.start()
    await eventually('it is missing', () => watch.state === 'missing')
    server.missing = false
    await agrees(watch, server)
    await watching(server)
    changes.splice(0)
    server.missing = true
    server.cut('end')
    await eventually('it is missing again', () => watch.state === 'missing')
    expect(watch.objects.size).toBe(0)
    expect(changes).toEqual(['school/a'])
    expect(states).toEqual(['missing', 'synced', 'missing'])
  })
  it('for a moment, as when the API server starts, keeps its copy', async () => {
    const { server, watch, states } = await setUp({ graceMs: 60_000 })
    server.put('a')
    watch.start()
    await watching(server)
    for (const answer of [{ status: 404 }, { status: 403 }]) {
      server.answer = answer
      server.cut('reset')
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(watch.objects.size).toBe(1)
      server.answer = undefined
      server.put('a')
      await agrees(watch, server)
      await watching(server)
    }
    expect(states).toEqual(['synced'])
  })
  it('or that we may not read, is said, too', async () => {
    const { server, watch } = await setUp()
    server.answer = { status: 403 }
    watch.start()
    await eventually('it is forbidden', () => watch.state === 'forbidden')
    server.answer = undefined
    await eventually('it is synced', () => watch.state === 'synced')
  })
})

it('whatever happens, in the end the copy is what a list shows, and every change was told', async () => {
  const random = createSeededRandom(Number(process.env.SEED ?? Date.now() % 1_000_000))
  const { server, watch, changes } = await setUp({ silenceMs: 60, relistMs: 60_000 })
  const faults: (() => void | Promise<void>)[] = [
    () => server.cut('reset'),
    () => server.cut('half a line'),
    () => server.cut('end'),
    () => server.sendError(500),
    () => server.sendError(410),
    () => server.sendBookmark(),
    () => server.sendGarbage(),
    () => server.forget(),
    () => server.silence(true),
    () => server.silence(false),
    () => server.restart(),
    () => {
      server.answer = random.pick([{ status: 500 }, { status: 429, retryAfterS: 0 }, undefined])
    },
    () => {
      server.goneAsEvent = random.chance(0.5)
      server.slownessMs = random.pick([0, 0, 20])
    },
  ]
  watch.start()
  const touched = new Set<string>()
  for (let i = 0; i < 300; i++) {
    const name = `thing-${random.int(30)}`
    if (random.chance(0.7)) server.put(name)
    else server.delete(name)
    touched.add(`school/${name}`)
    if (random.chance(0.15)) await random.pick(faults)()
    if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.int(15)))
  }
  server.answer = undefined
  server.silence(false)
  server.slownessMs = 0
  await agrees(watch, server).catch((error) => {
    throw new Error(`SEED=${random.seed}: ${error.message}`)
  })
  const present = [...server.objects.keys()].map((name) => `school/${name}`)
  expect(
    present.filter((key) => !changes.includes(key)),
    `SEED=${random.seed}`,
  ).toEqual([])
  expect(watch.state).toBe('synced')
})
