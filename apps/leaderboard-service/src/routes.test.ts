import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { leaderboardPage, type Problem, playerStanding } from '@quizboard/shared/contracts/rest.ts'
import { createRouter } from '@quizboard/shared/http/router.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { createTestMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEdge, type Edge } from './app/edge.ts'
import { createRanking } from './domain/sorted-ranking.ts'
import { leaderboardRoutes } from './routes.ts'
import { createFakeBoardFeed, type FakeBoardFeed } from './testing/fake-board-feed.ts'
import { fakeVerifier } from './testing/live-client.ts'

let feed: FakeBoardFeed
let edge: Edge
const http = createServer()
beforeAll(async () => {
  feed = createFakeBoardFeed(clock)
  edge = createEdge({ feed, verifier: fakeVerifier, clock, createRanking, settings: { knowledgeMs: 150 } })
  const routes = leaderboardRoutes({ edge, clock })
  const deps = { routes, verifier: fakeVerifier, clock, logger: silentLogger(), metrics: createTestMetrics() }
  http.on('request', express().use(createRouter(deps)))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  feed.add('Quiz1')
  feed.change('Quiz1', ...Array.from({ length: 25 }, (_, i) => ({ user_id: `u${i}`, score: 100 - (i >> 1), seq: i })))
  feed.add('Old', { state: 'closed', closed_at: new Date(Date.now() - 24 * 3_600_000).toISOString() })
  feed.change('Old', { user_id: 'ann' })
})
afterAll(() => {
  edge.stop()
  http.closeAllConnections()
  http.close()
})

const get = async (path: string, token = 'host') => {
  const { port } = http.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/leaderboards/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, retryAfter, body: (await response.json()) as Problem & Record<string, unknown> }
}

describe('[Q9.6] 503, not 404', () => {
  const unavailable = { status: 503, body: { code: 'service/unavailable' }, retryAfter: '1' }
  it.each(['Nope', 'Quiz1/players/nobody'])('%s while the log cannot be read', async (path) => {
    feed.hasLog = false
    expect(await get(path)).toMatchObject(unavailable)
    feed.hasLog = true
    expect(await get(path)).toMatchObject({ status: 404 })
  })
  it('for a player whose quiz or own standing is not known here yet; a stranger’s is unknown', async () => {
    expect(await get('ONITSWAY', 'OnItsWay/ann')).toMatchObject(unavailable)
    expect(await get('OnItsWay', 'Quiz1/ann')).toMatchObject({ status: 404 })
    expect(await get('quiz1/players/joins', 'Quiz1/joins')).toMatchObject(unavailable)
    expect(await get('Quiz1/players/joins', 'Quiz1/u1')).toMatchObject({ status: 404 })
    expect(await get('Quiz1/players/joins', 'Other/joins')).toMatchObject({ status: 404 })
  })
})

describe('a page of the standings', () => {
  it('has the first ten when it is not said how many, for players and the host', async () => {
    for (const token of ['host', 'QUIZ1/u3']) {
      const { status, body } = await get('quiz1', token)
      const page = leaderboardPage.strict().parse(body)
      expect(status).toBe(200)
      expect(page).toMatchObject({ quiz_id: 'Quiz1', epoch: 1, version: 2, players: 25, limit: 10, offset: 0 })
      expect(page.standings.map(({ user_id, rank }) => [user_id, rank]).slice(0, 4)).toEqual([
        ['u0', 1],
        ['u1', 1],
        ['u2', 3],
        ['u3', 3],
      ])
    }
  })
  it.each([
    ['?limit=1000', 25],
    ['?offset=20', 5],
    ['?offset=24&limit=1', 1],
    ['?offset=25', 0],
    ['?offset=999999999999999', 0],
    ['?other=1', 10],
  ])('%s', async (query, count) => {
    const { status, body } = await get(`Quiz1${query}`)
    expect(status).toBe(200)
    expect(leaderboardPage.parse(body).standings).toHaveLength(count)
  })
  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=1.5',
    'limit=',
    'limit=1e2',
    'offset=-1',
    'offset=1e999',
    'limit=1&limit=2',
  ])('[Q9.1] ?%s is 422, with the parameter', async (query) => {
    const { status, body } = await get(`Quiz1?${query}`)
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'body/invalid' })
    expect(body.errors?.[0]?.parameter).toBe(query.split('=')[0])
  })
  it('shows a change as soon as the feed has said it', async () => {
    feed.change('Quiz1', { user_id: 'u24', score: 1_000, seq: 99 })
    const { body } = await get('Quiz1?limit=1')
    expect(leaderboardPage.parse(body).standings).toEqual([{ rank: 1, user_id: 'u24', name: 'u24', score: 1_000 }])
  })
})

describe("a player's standing", () => {
  it('is exact, with the seq that is counted in it', async () => {
    feed.change('Quiz1', { user_id: 'foreign', name: null, joined: false, score: -3 })
    const { status, body } = await get('Quiz1/players/foreign', 'Quiz1/u3')
    expect(status).toBe(200)
    expect(playerStanding.strict().parse(body)).toMatchObject({
      quiz_id: 'Quiz1',
      user_id: 'foreign',
      name: null,
      rank: 26,
      score: -3,
      players: 26,
      seq: 0,
    })
  })
  it('of a player whose join is on its way is waited for', async () => {
    const asked = get('Quiz1/players/new%20one')
    await new Promise((resolve) => setTimeout(resolve, 60))
    feed.change('Quiz1', { user_id: 'new one' })
    expect((await asked).body).toMatchObject({ user_id: 'new one', score: 0 })
  })
})

describe('errors', () => {
  it.each([
    ['Nope', 'host', 404, 'quiz/unknown'],
    ['Nope/players/u1', 'host', 404, 'quiz/unknown'],
    ['Quiz1/players/nobody', 'Quiz1/u1', 404, 'player/unknown'],
    ['Quiz1/players/__proto__', 'Quiz1/u1', 404, 'player/unknown'],
    ['Quiz1/players/constructor', 'host', 404, 'player/unknown'],
    ['Quiz1', 'Other/u1', 403, 'auth/other_quiz'],
    ['Quiz1/players/u1', 'Other/u1', 403, 'auth/other_quiz'],
    ['Quiz1', 'wrong', 401, 'auth/invalid'],
    ['Old', 'Old/ann', 401, 'auth/expired'],
    ['Old/players/ann', 'Old/ann', 401, 'auth/expired'],
    ['Old?limit=x', 'Old/ann', 401, 'auth/expired'],
    ['Old', 'Quiz1/u1', 403, 'auth/other_quiz'],
  ])('%s by %s', async (path, token, status, code) => {
    expect(await get(path, token)).toMatchObject({ status, body: { status, code } })
  })
  it('the host sees a quiz however long it is closed', async () => {
    expect((await get('Old')).status).toBe(200)
  })
  it('a quiz that comes to be known within the wait is found', async () => {
    const asked = get('Late')
    await new Promise((resolve) => setTimeout(resolve, 60))
    feed.add('Late')
    expect((await asked).body).toMatchObject({ quiz_id: 'Late', players: 0, standings: [] })
  })
})
