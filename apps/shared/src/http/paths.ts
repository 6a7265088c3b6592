/** The paths of a route list, compiled once: what matches them, their methods, their parameters. */
import { LIMITS } from '../contracts/rest.ts'
import type { Route } from './route.ts'

export interface Path {
  /** As in the routes: `/api/v1/quizzes/:quiz_id`. Also the label of metrics. */
  pattern: string
  /** Without groups: parameters are taken from the segments, so that bad percent-encoding is judged in its turn. */
  matcher: RegExp
  parameters: readonly { name: string; segment: number }[]
  methods: ReadonlyMap<string, Route>
  /** For the Allow header. */
  allow: string
  /** Every method needs a token: then a missing one is told before 404 and 405. */
  needsToken: boolean
  /** The largest of its methods'. */
  limitBytes: number
  /** For methods that the path does not have. */
  resource: Route['resource']
}

const isParameter = (segment: string) => segment.startsWith(':')

/** Fixed segments before parameters, so that `/decks/generate` is no deck_id. */
const byPrecision = (a: Path, b: Path): number => {
  const left = a.pattern.split('/')
  const right = b.pattern.split('/')
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = Number(isParameter(left[i] as string)) - Number(isParameter(right[i] as string))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

const compile = (pattern: string, routes: readonly Route[], bodyBytes: number): Path => {
  const segments = pattern.split('/')
  const source = segments.map((s) => (isParameter(s) ? '[^/]+' : s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))).join('\\/')
  const methods = new Map<string, Route>()
  for (const route of routes) {
    if (methods.has(route.method)) throw new Error(`two routes ${route.method} ${pattern}`)
    methods.set(route.method, route)
  }
  const get = methods.get('GET')
  if (get) methods.set('HEAD', get)
  return {
    pattern,
    matcher: new RegExp(`^${source}\\/?$`),
    parameters: segments.flatMap((s, segment) => (isParameter(s) ? [{ name: s.slice(1), segment }] : [])),
    methods,
    allow: [...methods.keys()].sort().join(', '),
    needsToken: routes.every((route) => route.auth !== 'none'),
    limitBytes: Math.max(...routes.map((route) => (route.body ? (route.body.limitBytes ?? bodyBytes) : bodyBytes))),
    resource: routes.find((route) => route.resource)?.resource,
  }
}

/** In the order in which they are to be tried. */
export const compilePaths = (routes: readonly Route[], bodyBytes: number = LIMITS.bodyBytes): Path[] =>
  [...Map.groupBy(routes, (route) => route.path)]
    .map(([pattern, group]) => compile(pattern, group, bodyBytes))
    .sort(byPrecision)

/** The path and the query of a request target, also of an absolute one (`GET http://host/path`). */
export const splitTarget = (target: string): { path: string; query: string } => {
  const origin = target.startsWith('/') ? target : target.replace(/^[a-z]+:\/\/[^/?#]*/i, '')
  const fragment = origin.indexOf('#')
  const text = fragment === -1 ? origin : origin.slice(0, fragment)
  const mark = text.indexOf('?')
  return mark === -1 ? { path: text, query: '' } : { path: text.slice(0, mark), query: text.slice(mark + 1) }
}

/** Percent-decoded parameters; undefined: one is not well-formed. */
export const parametersOf = (path: Path, target: string): Record<string, string> | undefined => {
  const parameters: Record<string, string> = {}
  if (path.parameters.length === 0) return parameters
  const segments = target.split('/')
  try {
    for (const { name, segment } of path.parameters) parameters[name] = decodeURIComponent(segments[segment] as string)
    return parameters
  } catch {
    return undefined
  }
}
