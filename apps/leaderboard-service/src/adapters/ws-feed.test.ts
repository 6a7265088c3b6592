/** Both ends of the link between replicas, over real sockets. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { systemClock } from '@quizboard/shared/kit/system.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { FeedRow } from '../domain/rows.ts'
import type { OwnerMessage } from '../ports/owner-feed.ts'
import { createFeedServer } from './ws-feed-server.ts'
import { createShardPeers } from './ws-shard-peers.ts'

const SECRET = 'the secret of all our services'
const row = (i: number): FeedRow => ({
  ...{
    user_id: `user ${i}`,
    name: i % 2 === 0 ? null : 'Änne 🦉',
    score: i - 5,
    reached_at: i,
    seq: i,
    joined: i % 2 === 1,
  },
})

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** An owner of every quiz whose id does not begin with `not`. */
const startOwner = async (clock: Clock = systemClock) => {
  const tell = new Map<string, (message: OwnerMessage) => void>()
  const shards = {
    followHere(_: number, quizId: string, onMessage: (message: OwnerMessage) => void) {
      if (quizId.startsWith('not')) return undefined
      tell.set(quizId, onMessage)
      return { stop: () => void tell.delete(quizId) }
    },
  }
  const feeds = createFeedServer({ shards, partitions: 4, secret: SECRET, clock, logger: silentLogger() })
  const server = createServer()
  server.on('upgrade', feeds.upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closing.push(() => {
    feeds.close()
    server.close()
    server.closeAllConnections()
  })
  return { tell, feeds, port, address: `http://127.0.0.1:${port}`, url: `ws://127.0.0.1:${port}/internal/v1/feed` }
}
const startPeers = (clock: Clock = systemClock, secret = SECRET) => {
  const peers = createShardPeers({ secret, clock })
  closing.push(peers.close)
  return {
    peers,
    follow(address: string, quizId: string) {
      const heard: OwnerMessage[] = []
      let downs = 0
      const following = peers.follow(
        address,
        quizId,
        (message) => void heard.push(message),
        () => {
          downs++
        },
      )
      return { heard, following, downs: () => downs }
    },
  }
}
const snapshot = (rows: readonly FeedRow[]): OwnerMessage => ({ kind: 'snapshot', epoch: 3, version: 7, rows })
const changes = (version: number): OwnerMessage => ({ kind: 'changes', epoch: 3, version, rows: [row(version)] })
const authorized = { headers: { authorization: `Bearer ${SECRET}` } }

describe('a follower', () => {
  it('[Q4.3] hears what the owner tells, in order, over one link for all its quizzes', async () => {
    const owner = await startOwner()
    const { follow } = startPeers()
    const [a, b] = [follow(owner.address, 'A'), follow(owner.address, 'B')]
    await expect.poll(() => owner.tell.size).toBe(2)
    const rows = Array.from({ length: 4_500 }, (_, i) => row(i))
    owner.tell.get('A')?.(snapshot(rows))
    owner.tell.get('A')?.(changes(8))
    owner.tell.get('B')?.(snapshot([]))
    owner.tell.get('A')?.(changes(9))
    await expect.poll(() => a.heard.length).toBe(3)
    expect(a.heard).toEqual([snapshot(rows), changes(8), changes(9)])
    expect(b.heard).toEqual([snapshot([])])
    expect(owner.feeds.links).toBe(1)
    owner.tell.get('A')?.({ kind: 'gone', to: { id: 'next', address: 'http://next:1' } })
    await expect.poll(() => a.heard.at(-1)).toEqual({ kind: 'gone', to: { id: 'next', address: 'http://next:1' } })
    expect([a.downs(), b.downs()]).toEqual([0, 0])
  })

  it('[Q6.4] is told once that the link is down, and hears from the next one when it follows again', async () => {
    const owner = await startOwner()
    const { follow } = startPeers()
    const first = follow(owner.address, 'A')
    await expect.poll(() => owner.tell.has('A')).toBe(true)
    owner.feeds.close()
    await expect.poll(first.downs).toBe(1)
    expect(owner.tell.has('A')).toBe(false)
    const second = follow(owner.address, 'A')
    await expect.poll(() => owner.tell.has('A')).toBe(true)
    owner.tell.get('A')?.(snapshot([row(1)]))
    await expect.poll(() => second.heard).toEqual([snapshot([row(1)])])
    expect([first.heard, first.downs()]).toEqual([[], 1])
    second.following.stop()
    await expect.poll(() => owner.tell.has('A')).toBe(false)
  })

  it.each<[string, (address: string) => string, string, string]>([
    ['nobody listens', () => 'http://127.0.0.1:1', SECRET, 'A'],
    ['its secret is wrong', (address) => address, 'another secret of 16', 'A'],
    ['the quiz’s partition is not owned there', (address) => address, SECRET, 'not here'],
  ])('[Q6.4] is told so when %s', async (_, at, secret, quizId) => {
    const owner = await startOwner()
    const { follow } = startPeers(systemClock, secret)
    const { downs, heard } = follow(at(owner.address), quizId)
    await expect.poll(downs).toBe(1)
    expect(heard).toEqual([])
  })
})

describe('a link', () => {
  it('[Q6.4] ends when the other end is silent for 3 s, whichever it is', async () => {
    const clock = createFakeClock(0)
    const owner = await startOwner(clock)
    // It answers no ping.
    const stalled = new WebSocket(owner.url, { ...authorized, autoPong: false })
    closing.push(() => stalled.terminate())
    await once(stalled, 'open')
    await expect.poll(() => owner.feeds.links).toBe(1)
    for (let s = 0; s < 3; s++) await clock.advance(1_000)
    expect(owner.feeds.links).toBe(1)
    await clock.advance(1_000)
    await expect.poll(() => owner.feeds.links).toBe(0)
  })

  it('[Q6.4] goes on as long as pings are answered', async () => {
    const clock = createFakeClock(0)
    const owner = await startOwner(clock)
    const { follow } = startPeers(systemClock)
    const { downs } = follow(owner.address, 'A')
    await expect.poll(() => owner.tell.has('A')).toBe(true)
    for (let s = 0; s < 10; s++) {
      await clock.advance(1_000)
      // The pong needs a moment of its own.
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect([owner.feeds.links, downs()]).toEqual([1, 0])
  })

  it.each<[string, string | Buffer]>([
    ['no JSON', '{'],
    ['no request', '{"type":"hello"}'],
    ['a request with a wrong field', '{"type":"follow","quiz_id":"","follow":1}'],
    ['binary', Buffer.from('{"type":"follow","quiz_id":"A","follow":1}')],
    ['4 KiB and more', JSON.stringify({ type: 'follow', quiz_id: 'A', follow: 1, more: 'x'.repeat(5_000) })],
  ])('[Q9.4] that carries %s is closed, and the others stay', async (_, message) => {
    const owner = await startOwner()
    const { follow } = startPeers()
    const neighbour = follow(owner.address, 'A')
    const socket = new WebSocket(owner.url, authorized)
    await once(socket, 'open')
    socket.on('error', () => {})
    socket.send(message)
    const [code] = await once(socket, 'close')
    expect([1008, 1009]).toContain(code)
    owner.tell.get('A')?.(snapshot([]))
    await expect.poll(() => neighbour.heard).toEqual([snapshot([])])
  })

  it.each<[string, string, object, string]>([
    ['another path', '/internal/v1/other', authorized, '404'],
    ['no secret', '/internal/v1/feed', {}, '401'],
    ['a wrong secret', '/internal/v1/feed', { headers: { authorization: 'Bearer of bad news' } }, '401'],
  ])('[Q7.5] is not to be had with %s', async (_, path, options, status) => {
    const owner = await startOwner()
    const socket = new WebSocket(`ws://127.0.0.1:${owner.port}${path}`, options)
    const [error] = await once(socket, 'error')
    expect(error.message).toContain(status)
    expect(owner.feeds.links).toBe(0)
  })
})

it('a peer that never answers the handshake is given up', async () => {
  const server = createServer()
  server.on('upgrade', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const probe = connect(port, '127.0.0.1')
  await once(probe, 'connect')
  probe.destroy()
  const { follow } = startPeers()
  const { downs } = follow(`http://127.0.0.1:${port}`, 'A')
  await expect.poll(downs, { timeout: 10_000 }).toBe(1)
})
