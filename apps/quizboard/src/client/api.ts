/** The public REST API, as any client on the network would call it. */

export interface Api {
  /** Resolves with the body of a 2xx; waits and repeats as Retry-After says; rejects with Refused, and if there is no reply. */
  call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, options?: { token?: string; body?: unknown }): Promise<T>
}

/** A reply that is not 2xx, with the problem's words. */
export class Refused extends Error {
  readonly status: number
  constructor(what: string, status: number, text: string) {
    super(`${what}: ${status} ${text.slice(0, 1_000)}`)
    this.name = 'Refused'
    this.status = status
  }
}

const ATTEMPTS = 10
const REPLY_LIMIT_MS = 60_000

export const createApi = (url: string): Api => ({
  async call<T>(method: string, path: string, { token, body }: { token?: string; body?: unknown } = {}): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        signal: AbortSignal.timeout(REPLY_LIMIT_MS),
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
      const retryAfter = Number(response.headers.get('retry-after'))
      if (!(retryAfter > 0) || attempt === ATTEMPTS) throw new Refused(`${method} ${path}`, response.status, text)
      // Spread, so that those who were refused together do not come back together.
      await sleep(retryAfter * 1_000 * (1 + Math.random()))
    }
  },
})

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
