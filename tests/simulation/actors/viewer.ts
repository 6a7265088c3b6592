/** A client of the live socket: watches, loses its connection, comes back with what it has seen last. */
import type { Frame } from '@quizboard/leaderboard-service/app/edge-frames.ts'
import type { Sink } from '@quizboard/leaderboard-service/app/edge-viewers.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Process } from '../engine/process.ts'
import type { Scheduled } from '../engine/scheduler.ts'
import type { FrameWatch } from '../oracle/frames.ts'
import { tokenOf } from '../product/board-process.ts'
import type { World } from '../world.ts'

export interface Viewer {
  readonly watch: FrameWatch
  readonly connected: boolean
  /** Looks elsewhere for a while. */
  leaveFor(ms: number): void
}

/** By then everyone knows what is in the log. */
const KNOWN_MS = 10_000
const TOPS = [1, 3, 10, 100]

/** `userId`: of a player; undefined: anyone. */
export const createViewer = (world: World, quizId: string, userId: string | undefined, watch: FrameWatch): Viewer => {
  const { random, scheduler } = world
  const name = userId ?? 'a viewer'
  const top = random.pick(TOPS)
  /** Of the connection that counts; earlier ones are dead. */
  let attempt = 0
  let on: Process | undefined
  let leave = () => {}
  let coming: Scheduled | undefined

  const disconnect = (ms = 50 + random.int(1_000)) => {
    attempt++
    on = undefined
    leave()
    leave = () => {}
    coming?.cancel()
    coming = scheduler.after(ms, '', connect)
  }
  /** A quiz that was just made may be unknown for a moment, but never to its players; nothing else is to be refused. */
  const refused = (code: string) => {
    const known = world.log.history(TOPICS.lifecycle).find(({ key }) => key === quizId)
    const mayBeUnknown = userId === undefined && !(known && scheduler.now() > known.timestamp + KNOWN_MS)
    if (code !== 'quiz/unknown' || !mayBeUnknown) watch.refused(code)
    disconnect()
  }
  const sinkOf = (mine: number): Sink => {
    let readsAgainAt = 0
    let first = true
    return {
      // Now and then the network takes nothing for a while.
      backlog() {
        if (scheduler.now() >= readsAgainAt && random.chance(0.05)) readsAgainAt = scheduler.now() + random.int(800)
        return scheduler.now() < readsAgainAt ? 1_000 : 0
      },
      show(quiz: Frame | undefined, board: Frame | undefined, you: string) {
        if (mine !== attempt) return
        for (const json of [quiz?.json, board?.json, you]) if (json) watch.take(JSON.parse(json))
        watch.written(first)
        first = false
      },
      refuse({ code }) {
        if (mine !== attempt) return
        refused(code)
      },
    }
  }
  const connect = () => {
    const mine = attempt
    const seen = random.chance(0.8) ? watch.seen() : undefined
    // Now and then somebody comes by a token of another quiz.
    const isStray = userId !== undefined && random.chance(0.02)
    const hello = {
      type: 'hello' as const,
      top,
      ...(userId === undefined ? {} : { token: tokenOf(isStray ? `${quizId}-other` : quizId, userId) }),
      ...seen,
    }
    const { before } = watch.connecting(seen !== undefined, top)
    scheduler.after(scheduler.latency(), `${name} connects to ${quizId} after ${before}`, async () => {
      const board = world.reach('board')
      if (!board) return disconnect()
      on = board.process
      const admission = await board.edge.admit(quizId, hello, sinkOf(mine), () => mine !== attempt)
      if (mine !== attempt) return
      if (!admission) return disconnect()
      if (isStray) {
        if (admission.ok) world.violate('Q7.5', `${name} was let into ${quizId} by a token of another quiz`)
        return disconnect()
      }
      if (!admission.ok) return refused(admission.refusal.code)
      leave = admission.entry.leave
      if (world.unrest && random.chance(0.3))
        scheduler.after(random.int(8_000), '', () => world.unrest && mine === attempt && disconnect())
    })
  }
  world.onCrash((process) => {
    if (process === on) disconnect()
  })
  connect()
  return {
    watch,
    get connected() {
      return on !== undefined
    },
    leaveFor: disconnect,
  }
}
