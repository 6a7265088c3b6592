/**
 * The addresses of one service, in turn, those left out that do not say they are ready. One that does not say anything in time is
 * stalled, or busy like all of them: it is used if there is no better one, or a peak of work would become an outage.
 */
import { get } from 'node:http'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'

export interface Upstream {
  /** The next one; undefined: all are away, or say that they are not ready. */
  next(): string | undefined
  /** It could not be reached: the others are used until it has been found ready again. */
  failed(url: string): void
  readonly isReady: boolean
  /** How many of them can be used. */
  readonly ready: number
  stop(): void
}

export interface UpstreamOptions {
  urls: readonly string[]
  clock: Clock
  /** Between two looks at each. */
  lookMs: number
}

export const createUpstream = ({ urls, clock, lookMs }: UpstreamOptions): Upstream => {
  const ready = new Set<string>()
  const slow = new Set<string>()
  let turn = 0
  let timer: Timer | undefined
  let stopped = false

  const forget = (url: string) => {
    ready.delete(url)
    slow.delete(url)
  }
  const look = async (url: string) => {
    const found = await askReady(url, lookMs * 2)
    const wasUsed = ready.has(url) || slow.has(url)
    forget(url)
    if (found === 'ready') ready.add(url)
    if (found === 'silent' && wasUsed) slow.add(url)
  }
  const nextOf = (some: ReadonlySet<string>): string | undefined => {
    for (const _ of some.size === 0 ? [] : urls) {
      const url = urls[turn++ % urls.length] ?? ''
      if (some.has(url)) return url
    }
    return undefined
  }
  const lookAtAll = () => {
    Promise.all(urls.map(look)).finally(() => {
      if (!stopped) timer = clock.after(lookMs, lookAtAll)
    })
  }
  lookAtAll()
  return {
    next: () => nextOf(ready) ?? nextOf(slow),
    failed(url) {
      // Without another one there is nothing to gain: behind the one address of a Service there are several pods.
      if (ready.size + slow.size > 1) forget(url)
    },
    get isReady() {
      return ready.size + slow.size > 0
    },
    get ready() {
      return ready.size + slow.size
    },
    stop() {
      stopped = true
      timer?.cancel()
    },
  }
}

/**
 * On a connection of its own each time: behind the address of a Service a kept one would go on asking the pod that is leaving, which
 * says that it is not ready, while new connections reach those that are.
 */
const askReady = (url: string, limitMs: number): Promise<'ready' | 'away' | 'silent'> =>
  new Promise((resolve) => {
    const request = get(`${url}/readyz`, { agent: false }, (reply) => {
      clearTimeout(timer)
      reply.resume()
      resolve(reply.statusCode === 200 ? 'ready' : 'away')
    })
    const timer = setTimeout(() => {
      resolve('silent')
      request.destroy()
    }, limitMs)
    request.on('error', () => {
      clearTimeout(timer)
      resolve('away')
    })
  })
