/** The real edge and WebSocket server of the leaderboard-service; only the owner and the tokens are stand-ins. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEdgeMetrics } from '@quizboard/leaderboard-service/adapters/edge-metrics.ts'
import { createLiveServer } from '@quizboard/leaderboard-service/adapters/ws-server.ts'
import { createEdge } from '@quizboard/leaderboard-service/app/edge.ts'
import { createRanking } from '@quizboard/leaderboard-service/domain/sorted-ranking.ts'
import type { BoardFeed, FeedMessage } from '@quizboard/leaderboard-service/ports/board-feed.ts'
import { createLogger } from '@quizboard/shared/kit/logger.ts'
import { createMetrics } from '@quizboard/shared/kit/metrics.ts'
import { systemClock as clock, systemRandom as random } from '@quizboard/shared/kit/system.ts'
import { changeOf, firstRows, QUIZ, QUIZ_ID, serve, TICK_MS } from './fanout-server.ts'

const players = Number(process.argv[2])
const host = process.argv[3] ?? '127.0.0.1'
let tell: (message: FeedMessage) => void = () => {}
let version = 1
const feed: BoardFeed = {
  follow(_, onMessage) {
    tell = onMessage
    onMessage({ kind: 'snapshot', epoch: 1, version, rows: firstRows(players), quiz: QUIZ })
    return { stop: () => {} }
  },
  quiz: async () => QUIZ,
  isWhole: async () => true,
  newestEpoch: async () => 1,
}
let onTicked = () => {}
const metrics = createEdgeMetrics(createMetrics('leaderboard-service'))
const edge = createEdge({
  feed,
  verifier: { verify: async (token) => ({ ok: true, caller: { role: 'player', quiz_id: QUIZ_ID, user_id: token } }) },
  clock,
  createRanking,
  // The same pace on both sides: what is measured is a tick, not how far apart ticks are under load.
  settings: { minMs: TICK_MS, maxMs: TICK_MS },
  onTick: (report) => {
    metrics.onTick(report)
    onTicked()
  },
})
metrics.watch(edge)
const live = createLiveServer({
  edge,
  clock,
  random,
  logger: createLogger({ name: 'bench', level: 'silent' }),
  observer: metrics.observer,
  // No heartbeat on either side while the benchmark runs.
  settings: { pingIntervalMs: 3_600_000 },
})
let viewers = 0
const { admitted } = metrics.observer
metrics.observer.admitted = (role) => {
  viewers++
  admitted(role)
}
const http = createServer()
http.on('upgrade', live.upgrade)
http.listen(0, host, 4_096, () => {
  serve((http.address() as AddressInfo).port, {
    viewers: () => viewers,
    tick: () =>
      new Promise((resolve) => {
        onTicked = resolve
        tell({ kind: 'changes', epoch: 1, version: ++version, rows: [changeOf(version, players)] })
      }),
    stop: () => process.exit(),
  })
})
