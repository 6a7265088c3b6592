/** A player's live socket: keeps the newest frame of each type, connects again when it is cut. */
import { Trouble } from '@quizboard/shared/process/trouble.ts'
import { sleep } from '../client/api.ts'

interface Frames {
  quiz: { state: string; question?: { question_id: string; state: 'open' | 'closed'; answer?: string } }
  leaderboard: { players: number; top: { rank: number; user_id: string; score: number }[] }
  you: { rank: number; score: number }
}

export interface Viewer {
  /** Resolves once `holds` of the newest frame of a type; rejects with what came instead. */
  until<T extends keyof Frames>(type: T, what: string, holds: (frame: Frames[T]) => boolean): Promise<void>
  close(): void
}

const LIMIT_MS = 30_000
const POLL_MS = 20
const RECONNECT_MS = 500

/** `url`: of the product, http or https. */
export const openViewer = (url: string, quizId: string, token: string): Viewer => {
  const newest: Partial<Frames> = {}
  let isOver = false
  let ending = ''
  let socket: WebSocket | undefined
  const connect = () => {
    const opened = new WebSocket(`${url.replace(/^http/, 'ws')}/live/${quizId}`)
    socket = opened
    opened.onopen = () => opened.send(JSON.stringify({ type: 'hello', token, top: 100 }))
    opened.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data))
      if (frame.type === 'error') ending = frame.detail
      newest[frame.type as keyof Frames] = frame
    }
    opened.onerror = () => {}
    opened.onclose = ({ code }) => {
      if (ending === '') ending = `the last connection ended with ${code}`
      if (!isOver) setTimeout(connect, RECONNECT_MS)
    }
  }
  connect()
  return {
    async until(type, what, holds) {
      const deadline = performance.now() + LIMIT_MS
      for (;;) {
        const frame = newest[type]
        if (frame && holds(frame)) return
        if (performance.now() > deadline)
          throw new Trouble(
            `Not on the live connection within ${LIMIT_MS / 1_000} s: ${what}. The newest ${type} frame is ${
              frame ? JSON.stringify(frame).slice(0, 1_000) : `none; ${ending || 'it is open'}`
            }.`,
          )
        await sleep(POLL_MS)
      }
    },
    close() {
      isOver = true
      socket?.close()
    },
  }
}
