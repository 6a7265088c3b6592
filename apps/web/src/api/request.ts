/** One HTTP call of `/api/v1`: JSON there and back; throws ApiError. */
import { errorOf, noReply } from './error.ts'

export interface RequestOptions {
  token?: string | undefined
  /** Sent as JSON. */
  json?: unknown
  /** Sent as text/csv. */
  csv?: string
  signal?: AbortSignal | undefined
}

/** A reply that takes longer is as good as none: the caller may repeat the call. */
const LIMIT_MS = 15_000

export const request = async <T>(method: string, path: string, options: RequestOptions = {}): Promise<T> => {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (options.token !== undefined) headers.Authorization = `Bearer ${options.token}`
  if (options.csv !== undefined) headers['Content-Type'] = 'text/csv'
  else if (options.json !== undefined) headers['Content-Type'] = 'application/json'
  const body = options.csv ?? (options.json === undefined ? null : JSON.stringify(options.json))
  const signals = [AbortSignal.timeout(LIMIT_MS), ...(options.signal ? [options.signal] : [])]

  let status: number
  let text: string
  let retryAfter: string | null
  try {
    const response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      body,
      signal: anySignal(signals),
      cache: 'no-store',
    })
    status = response.status
    retryAfter = response.headers.get('Retry-After')
    text = await response.text()
  } catch {
    throw noReply()
  }
  const parsed = parse(text)
  if (status >= 200 && status < 300) return parsed as T
  throw errorOf(status, parsed, retryAfter)
}

const parse = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** AbortSignal.any, which phones of 2022 do not have. */
const anySignal = (signals: readonly AbortSignal[]): AbortSignal => {
  if (typeof AbortSignal.any === 'function') return AbortSignal.any([...signals])
  const controller = new AbortController()
  for (const signal of signals) signal.addEventListener('abort', () => controller.abort(), { once: true })
  return controller.signal
}

/** `?limit=10&after=x`, without what is undefined. */
export const query = (parameters: Record<string, string | number | undefined>): string => {
  const pairs = Object.entries(parameters).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
  if (pairs.length === 0) return ''
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`
}
