/** An ordered connection between two processes, as TCP has it: messages arrive in their order or not at all, and it breaks as a whole. */
import type { Process } from './process.ts'
import type { Scheduler } from './scheduler.ts'

export interface LinkEnd {
  send(text: string): void
  close(): void
}
export interface LinkHandlers {
  onText(text: string): void
  /** Once: nothing more is heard. */
  onDown(): void
}

/** How long a break, or a peer that does not answer pings, goes unnoticed. */
const NOTICE_MS = 3_000

/**
 * Between `from` and `to`. `isCut`: whether nothing gets through between them at this moment. `accept` is called at `to` once
 * the connection has been made there.
 */
export const connectLink = (
  scheduler: Scheduler,
  from: Process,
  to: Process | undefined,
  isCut: () => boolean,
  handlers: LinkHandlers,
  accept: (end: LinkEnd) => LinkHandlers,
): LinkEnd => {
  let isUp = true
  let far: LinkHandlers | undefined
  const tellDown = (process: Process, handler: () => LinkHandlers | undefined, ms: number) =>
    process.after(ms, '', () => handler()?.onDown())
  /** Either end learns of it in its own time; a process that has crashed is reset at once. */
  const breakUp = (noticeMs: number) => {
    if (!isUp) return
    isUp = false
    tellDown(from, () => handlers, noticeMs === 0 ? scheduler.latency() : scheduler.random.int(noticeMs))
    if (to) tellDown(to, () => far, noticeMs === 0 ? scheduler.latency() : scheduler.random.int(noticeMs))
  }
  /** One after the other, however long each takes. */
  const pipe = (target: Process, handler: () => LinkHandlers | undefined) => {
    const queue: string[] = []
    return (text: string) => {
      if (!isUp) return
      queue.push(text)
      target.after(scheduler.latency(), '', () => {
        const next = queue.shift()
        if (next === undefined || !isUp) return
        if (isCut()) return breakUp(NOTICE_MS)
        handler()?.onText(next)
      })
    }
  }
  if (!to) {
    breakUp(0)
    return { send: () => {}, close: () => {} }
  }
  const watch = () => {
    if (!isUp) return
    if (!from.alive || !to.alive) return breakUp(0)
    if (isCut()) return breakUp(NOTICE_MS)
    scheduler.after(500, '', watch)
  }
  scheduler.after(100, '', watch)
  const close = () => breakUp(0)
  const toFar = pipe(to, () => far)
  const toNear = pipe(from, () => handlers)
  const waiting: string[] = []
  to.after(scheduler.latency(), '', () => {
    if (!isUp) return
    far = accept({ send: toNear, close })
    for (const text of waiting.splice(0)) far.onText(text)
  })
  return {
    send: (text) => (far ? toFar(text) : waiting.push(text)),
    close,
  }
}
