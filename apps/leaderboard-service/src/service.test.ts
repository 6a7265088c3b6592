/** The service with its real owner, tokens and sockets; the event log and the board store are in memory. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import { createSigner, createVerifier, generateKey } from '@quizboard/shared/auth/tokens.ts'
import { type LifecycleEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'
import { afterEach, expect, it } from 'vitest'
import { createMemoryBoardStore } from './adapters/memory-board-store.ts'
import { createLeaderboardService } from './service.ts'
import { createBoardShards } from './shards.ts'
import { lifecycleOf } from './testing/fake-board-feed.ts'
import { type Client, connect } from './testing/live-client.ts'

const eventLog = createMemoryEventLog({ partitions: 12, clock })
const store = createMemoryBoardStore()
const signer = await createSigner({ privateJwk: await generateKey(), clock })
const verifier = createVerifier({ jwks: signer.publicJwks, hostToken: 'host', clock })
const running: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop()
})

const start = async (): Promise<string> => {
  const metrics = createTestMetrics()
  const logger = silentLogger()
  const shards = createBoardShards({ store, eventLog, clock, logger, metrics })
  const service = createLeaderboardService({ shards, verifier, clock, random, logger, metrics })
  const http: Server = createServer()
  http.on('upgrade', (request, socket, head) => service.upgrade?.(request, socket, head))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  expect(service.unready()).not.toEqual([])
  await service.start()
  expect(service.unready()).toEqual([])
  running.push({
    async stop() {
      await service.stop()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  })
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/live/`
}

const say = (topic: string, key: string, value: object) =>
  eventLog.append([{ topic, key, value: JSON.stringify({ quiz_id: 'Quiz1', ...value }) }])
const lifecycle = (event: LifecycleEvent) => say(TOPICS.lifecycle, 'Quiz1', event)
const join = (user_id: string) =>
  say(TOPICS.players, `Quiz1/${user_id}`, { user_id, name: `Name ${user_id}`, joined_at: new Date().toISOString() })
const score = (user_id: string, total: number, revision: number) =>
  say(TOPICS.scores, 'Quiz1', {
    user_id,
    score: total,
    total,
    seq: revision,
    revision,
    answered_at: new Date().toISOString(),
    reached_at: new Date().toISOString(),
  })
const tokenOf = (user_id: string) => signer.player({ user_id, quiz_id: 'Quiz1', issued_at_ms: clock.now() })
const lastOf = (client: Client, type: string) => client.of(type).at(-1)

it('[Q2.1] [Q4.3] [Q5.2] events become frames, before and after a restart of the owner', async () => {
  let url = await start()
  const early = await connect(`${url}quiz1`, { token: await tokenOf('ann') })
  await lifecycle(lifecycleOf('Quiz1'))
  await join('ann')
  await early.until((frames) => frames.length === 3)
  expect(early.frames.map(({ type }) => type)).toEqual(['quiz', 'leaderboard', 'you'])
  expect(early.frames[1]).toMatchObject({ players: 1, top: [{ rank: 1, user_id: 'ann', name: 'Name ann', score: 0 }] })
  await join('bob')
  await score('bob', 500, 1)
  await score('ann', 700, 1)
  // A foreign producer's event.
  await say(TOPICS.scores, 'Quiz1', { user_id: 'eve', score: 600 })
  await early.until((frames) => frames.some(({ type, players }) => type === 'leaderboard' && players === 3))
  await early.until(() => lastOf(early, 'leaderboard')?.top[1]?.user_id === 'eve')
  expect(lastOf(early, 'leaderboard')?.top.map(({ user_id, rank, name }) => [user_id, rank, name])).toEqual([
    ['ann', 1, 'Name ann'],
    ['eve', 2, null],
    ['bob', 3, 'Name bob'],
  ])
  expect(lastOf(early, 'you')).toMatchObject({ rank: 1, score: 700 })
  const { epoch, version } = lastOf(early, 'leaderboard') ?? { epoch: 0, version: 0 }

  await running.pop()?.stop()
  expect(await early.closed).toBe(1012)
  url = await start()
  const late = await connect(`${url}QUIZ1`, { token: await tokenOf('bob'), epoch, version })
  await late.until((frames) => frames.length === 3)
  expect(late.frames[1]?.epoch).toBeGreaterThan(epoch)
  expect(late.frames.map(({ reset }) => reset)).toEqual([undefined, undefined, undefined])
  expect(late.frames[1]?.top).toEqual(lastOf(early, 'leaderboard')?.top)
  expect(late.frames[2]).toMatchObject({ rank: 3, score: 500 })
  expect(late.frames[0]?.revision).toBeGreaterThanOrEqual(lastOf(early, 'quiz')?.revision ?? Number.NaN)
  late.socket.terminate()
})

it('[Q7.5] a token of another key is refused', async () => {
  const url = await start()
  await lifecycle(lifecycleOf('Quiz1', { revision: 9 }))
  const stranger = await createSigner({ privateJwk: await generateKey(), clock })
  const token = await stranger.player({ user_id: 'ann', quiz_id: 'Quiz1', issued_at_ms: clock.now() })
  expect(await (await connect(`${url}quiz1`, { token })).closed).toBe(4401)
})
