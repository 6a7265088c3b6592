/**
 * Answers a service's routes in the order of errors that the contract fixes, whatever a request has wrong at once:
 * 413, 408 · 401 (429 for too many wrong tokens) · 404 · 405 · 403 · 415 · 400 · 422 · then the handler's own.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Router } from 'express'
import type { Verifier } from '../auth/tokens.ts'
import { LIMITS } from '../contracts/rest.ts'
import type { Logger } from '../kit/logger.ts'
import { DURATION_BUCKETS_S, type Metrics } from '../kit/metrics.ts'
import { printText } from '../kit/print-value.ts'
import type { Clock } from '../ports/clock.ts'
import { bearerOf, createAuthenticator, refusal } from './authenticate.ts'
import { type BodyOutcome, decodeUtf8, isMediaType, parseJson, readBody } from './body.ts'
import { clientAddress } from './client-address.ts'
import { compilePaths, type Path, parametersOf, splitTarget } from './paths.ts'
import { ProblemError, type ProblemItem, unavailable } from './problem.ts'
import { createRateLimiter, type RateLimit, type RateLimiter } from './rate-limit.ts'
import { replyAndClose, sendProblem, sendReply } from './reply.ts'
import type { Call, Caller, Reply, Route } from './route.ts'
import { checkBody, checkQuery, invalid, parseQuery } from './validate.ts'

export interface RouterLimits {
  /** For routes that don't say. Default 64 KiB. */
  bodyBytes?: number
  /** For the whole body of a request. Default 30 s. */
  bodyMs?: number
  /** Of all bodies that are being read at one time. Default 256 MiB. */
  bodyBudgetBytes?: number
  /** Requests with wrong tokens, for each address. Default 10/s, burst 100. */
  wrongTokens?: RateLimit
}

export interface RouterOptions {
  routes: readonly Route[]
  verifier: Verifier
  clock: Clock
  logger: Logger
  metrics: Metrics
  limits?: RouterLimits
  /** How many proxies of our own stand before us and append to X-Forwarded-For; `true` is 1. Default: none. */
  trustProxy?: boolean | number
  /** Shared by several routers and the WebSocket of one process. Default: one of its own by `limits.wrongTokens`. */
  wrongTokens?: RateLimiter
}

export const WRONG_TOKENS: RateLimit = { ratePerS: 10, burst: 100 }

/** An express router that answers everything it is given: what no route matches is 404 `route/unknown`. */
export const createRouter = (options: RouterOptions): Router => {
  const { routes, verifier, clock, logger, metrics, limits = {}, trustProxy = false } = options
  const { bodyBytes = LIMITS.bodyBytes, bodyMs = 30_000, bodyBudgetBytes = 256 * 1024 * 1024 } = limits
  const budget = { maxBytes: bodyBudgetBytes, usedBytes: 0 }
  const wrongTokens =
    options.wrongTokens ?? createRateLimiter({ ...(limits.wrongTokens ?? WRONG_TOKENS), maxKeys: 50_000, clock })
  const authenticate = createAuthenticator(verifier, wrongTokens)
  const observe = createObserver(metrics)

  const answer = async (path: Path | undefined, req: IncomingMessage, outcome: BodyOutcome): Promise<Reply> => {
    const bytes = bytesOf(outcome, bodyMs)
    const address = clientAddress(req, trustProxy)
    const target = splitTarget(req.url ?? '')
    const route = path?.methods.get(req.method ?? '')
    const needsToken = route ? route.auth !== 'none' : path?.needsToken
    const caller = needsToken ? await authenticate(req, address) : undefined
    if (!path)
      throw new ProblemError('route/unknown', `There is nothing at ${printText(target.path, 100, bearerOf(req))}`)
    const params = parametersOf(path, target.path)
    const resource = params && (await findResource(path, route, params, caller))
    if (!route) throw new ProblemError('method/not_allowed', `${req.method} is not among ${path.allow}`)
    const refused = refusal(route, caller, params)
    if (refused) throw refused
    const parsed = parseRequest(req, route, target.query, bytes)
    if (!params) throw new ProblemError('body/not_json', 'The path is not well percent-encoded')
    const call: Call = { params, query: {}, body: undefined, caller, resource, address }
    return perform(route, call, parsed, bearerOf(req))
  }

  const handle = async (path: Path | undefined, req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const started = clock.monotonic()
    const limitBytes = path ? path.limitBytes : bodyBytes
    const reading = readBody(req, { limitBytes, timeoutMs: bodyMs, budget, clock })
    const outcome = reading instanceof Promise ? await reading : reading
    if (outcome.kind === 'aborted') {
      observe(path, req, 'aborted', clock.monotonic() - started)
      return
    }
    try {
      sendReply(res, await answer(path, req, outcome))
    } catch (error) {
      const problem = error instanceof ProblemError ? error : unexpected(error, path, req)
      if (res.headersSent || res.destroyed) res.destroy()
      else if (outcome.kind !== 'read') replyAndClose(req, res, problem, clock)
      else sendProblem(res, problem, problem.status === 405 && path ? { allow: path.allow } : undefined)
    }
    observe(path, req, String(res.statusCode), clock.monotonic() - started)
  }

  const unexpected = (err: unknown, path: Path | undefined, req: IncomingMessage): ProblemError => {
    const id = randomUUID()
    logger.error({ err, id, method: req.method, route: path?.pattern }, 'a request failed')
    return new ProblemError('service/failed', `An error of ours; the log has it as ${id}`)
  }

  const router = Router({ caseSensitive: true })
  for (const path of compilePaths(routes, bodyBytes)) router.all(path.matcher, (req, res) => handle(path, req, res))
  router.use((req, res) => handle(undefined, req, res))
  return router
}

/** The bytes of the body, or the first of the errors. */
const bytesOf = (outcome: BodyOutcome, bodyMs: number): Buffer => {
  switch (outcome.kind) {
    case 'read':
      return outcome.bytes
    case 'too_large':
      throw new ProblemError('body/too_large', 'The body is larger than this call takes')
    case 'too_slow':
      throw new ProblemError('body/too_slow', `The body was not here after ${bodyMs / 1000} s`)
    default:
      throw unavailable('Too many large requests at this moment')
  }
}

/** What a path parameter names, if it is not there. */
const UNKNOWN = { quiz_id: 'quiz/unknown', deck_id: 'deck/unknown', user_id: 'player/unknown' } as const

const findResource = async (
  path: Path,
  route: Route | undefined,
  params: Record<string, string>,
  caller: Caller | undefined,
): Promise<unknown> => {
  for (const { name } of path.parameters) {
    // No id of ours has it, and PostgreSQL takes no text with it.
    if (params[name]?.includes('\0')) {
      const code = Object.hasOwn(UNKNOWN, name) ? UNKNOWN[name as keyof typeof UNKNOWN] : 'route/unknown'
      throw new ProblemError(code, 'An id has no U+0000 in it')
    }
  }
  const find = route?.resource ?? path.resource
  return find ? find(params, caller) : undefined
}

interface Parsed {
  query: Record<string, string | string[]>
  raw: unknown
}

/** 415 and 400: the media type, then the syntax of query and body. */
const parseRequest = (req: IncomingMessage, route: Route, queryText: string, bytes: Buffer): Parsed => {
  const { body } = route
  if (body) checkMediaType(req, body, bytes)
  const query = parseQuery(queryText)
  if (!query) throw new ProblemError('body/not_json', 'The query is not well percent-encoded')
  if (!body) return { query, raw: undefined }
  if (bytes.length === 0 && body.optional) return { query, raw: {} }
  const text = decodeUtf8(bytes)
  if (text === undefined) throw new ProblemError('body/not_json', 'The body is not UTF-8')
  if (body.type === 'text/csv') return { query, raw: text }
  const parsed = parseJson(text)
  if (!parsed.ok) throw new ProblemError('body/not_json', `The body ${parsed.detail}`)
  return { query, raw: parsed.value }
}

const checkMediaType = (req: IncomingMessage, body: NonNullable<Route['body']>, bytes: Buffer): void => {
  const encoding = req.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new ProblemError('body/unsupported_type', `Content-Encoding ${printText(encoding)} is not supported`)
  const expected = body.type ?? 'application/json'
  const type = req.headers['content-type']
  // An empty body has no type to be wrong, unless it says one where a body is needed.
  if (bytes.length === 0 && (type === undefined || body.optional)) return
  if (type === undefined || !isMediaType(type, expected))
    throw new ProblemError(
      'body/unsupported_type',
      `Content-Type must be ${expected} in UTF-8${type === undefined ? '' : `, not ${printText(type)}`}`,
    )
}

/** 422, then the handler. `before` comes between the query and the body. */
const perform = async (route: Route, call: Call, parsed: Parsed, secret: string | undefined): Promise<Reply> => {
  const errors: ProblemItem[] = []
  let more = 0
  if (route.query) {
    const query = checkQuery(route.query, parsed.query, secret)
    if (query.ok) call.query = query.value
    else errors.push(...query.errors)
  }
  if (route.body) {
    const body = checkBody(route.body.schema, parsed.raw, secret)
    if (route.body.before && errors.length === 0) {
      const early = await route.body.before(parsed.raw, call as Call<unknown, undefined>, body.ok)
      if (early) return early
    }
    if (body.ok) call.body = body.value
    else {
      errors.push(...body.errors)
      more = body.more
    }
  }
  if (errors.length > 0) throw invalid(errors, more)
  return route.handle(call)
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])

/** Label values are bounded: our own patterns, known methods, our statuses. */
const createObserver = (metrics: Metrics) => {
  const histogram = metrics.histogram('quizboard_http_request_duration_seconds', 'From the headers to the reply', {
    buckets: DURATION_BUCKETS_S,
    labels: ['route', 'method', 'status'],
  })
  return (path: Path | undefined, req: IncomingMessage, status: string, ms: number): void => {
    const method = METHODS.has(req.method ?? '') ? (req.method as string) : 'other'
    histogram.observe({ route: path?.pattern ?? 'none', method, status }, ms / 1000)
  }
}
