/** What both servers of the fan-out benchmark share: the quiz, its changes, and the talk with the benchmark by IPC. */

import type { FeedRow } from '@quizboard/leaderboard-service/ports/board-feed.ts'
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'

/** Pause between two ticks. */
export const TICK_MS = 50
export const QUIZ_ID = 'BENCH1'
export const userId = (i: number): string => `player-${String(i).padStart(6, '0')}`

export const QUIZ: LifecycleEvent = {
  quiz_id: QUIZ_ID,
  title: 'Fan-out',
  revision: 1,
  state: 'running',
  mode: 'live',
  scoring: 'accuracy',
  feedback: 'instant',
  reanswer: 'allowed',
  question_count: 1,
  position: null,
}

const rowOf = (i: number, score: number): FeedRow => ({
  user_id: userId(i),
  name: `Player ${i}`,
  score,
  reached_at: 0,
  seq: 1,
  joined: true,
})
export const firstRows = (players: number): FeedRow[] => Array.from({ length: players }, (_, i) => rowOf(i, i))

/** In tick t the last player jumps to the top: the board changes, and so does everybody's rank. */
export const changeOf = (tick: number, players: number): FeedRow => rowOf(tick % players, players + tick)

export type Order = { kind: 'memory' } | { kind: 'ticks'; count: number; arm: string } | { kind: 'stop' }

export interface Side {
  /** Sockets that are shown the quiz by now. */
  viewers(): number
  /** `arm`: how the server sends, if it has several ways. */
  tick(arm: string): Promise<void>
  stop(): void
}

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

const collect = async (): Promise<void> => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const say = (message: object) => process.send?.(message)

/** Answers the benchmark's orders. */
export const serve = (port: number, side: Side): void => {
  process.on('message', async (order: Order) => {
    if (order.kind === 'memory') {
      await collect()
      const { rss, heapUsed, external } = process.memoryUsage()
      say({ kind: 'memory', viewers: side.viewers(), rss, heap: heapUsed + external })
    } else if (order.kind === 'ticks') {
      const before = cpuMicros()
      for (let i = 0; i < order.count; i++) await side.tick(order.arm)
      say({ kind: 'ticks', micros: cpuMicros() - before, viewers: side.viewers() })
    } else side.stop()
  })
  process.on('disconnect', () => process.exit())
  say({ kind: 'listening', port })
}
