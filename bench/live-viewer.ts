/** Someone who looks on: how long each score took from the log to the screen. */
import WebSocket from 'ws'

export interface Viewer {
  /** The best score has been sent to the log, or will be in this moment; by `performance.now()`. */
  expect(score: number, at: number): void
  /** Milliseconds that each score took until it was shown, by when it was sent; those not shown yet are left out. */
  shown(): { at: number; ms: number }[]
  /** Scores that were expected and not shown yet. */
  readonly missing: number
  /** Whether its socket was ever closed, or a frame went back. */
  readonly wrong: string | undefined
  close(): void
}

/** Resolves at the first board. */
export const openViewer = (url: string, quizId: string): Promise<Viewer> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url}/live/${quizId}`)
    const expected: { score: number; at: number }[] = []
    const shown: { at: number; ms: number }[] = []
    let wrong: string | undefined
    let newest = { epoch: 0, version: 0 }
    let closed = false
    const viewer: Viewer = {
      expect: (score, at) => void expected.push({ score, at }),
      shown: () => shown,
      get missing() {
        return expected.length
      },
      get wrong() {
        return wrong
      },
      close() {
        closed = true
        socket.close()
      },
    }
    const take = (text: string) => {
      const frame = JSON.parse(text)
      if (frame.type === 'error') wrong = frame.detail
      if (frame.type !== 'leaderboard') return
      const { epoch, version } = frame
      if (epoch < newest.epoch || (epoch === newest.epoch && version < newest.version)) wrong = 'a board went back'
      newest = { epoch, version }
      const best: number = frame.top[0]?.score ?? 0
      const now = performance.now()
      const first = expected.findIndex(({ score }) => score > best)
      for (const { at } of expected.splice(0, first === -1 ? expected.length : first)) shown.push({ at, ms: now - at })
      resolve(viewer)
    }
    socket.on('open', () => socket.send('{"type":"hello"}'))
    socket.on('message', (data) => take(String(data)))
    socket.on('error', reject)
    socket.on('close', (code) => {
      if (closed) return
      wrong ??= `its socket was closed with ${code}`
      reject(new Error(wrong))
    })
  })
