/** A route as data: the router (router.ts) checks in the contract's order, the OpenAPI document is made from the same fields. */
import type { z } from 'zod'

type Player = { role: 'player'; quiz_id: string; user_id: string }
export type Caller = { role: 'host' } | Player

/** Whether the token is a player's of this quiz; ids match whatever their case. */
export const isPlayerOf = (caller: Caller | undefined, quizId: string): caller is Player =>
  caller?.role === 'player' && (caller.quiz_id === quizId || caller.quiz_id.toLowerCase() === quizId.toLowerCase())

export interface Call<Resource = unknown, Body = unknown, Query = unknown> {
  /** Percent-decoded path parameters. */
  params: Record<string, string>
  query: Query
  body: Body
  /** Undefined only on routes with `auth: 'none'`. */
  caller: Caller | undefined
  /** What `resource` found. */
  resource: Resource
  /** The client's address, for rate limits. */
  address: string
}
export interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

export interface Route<Resource = unknown, Body = unknown, Query = unknown> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Express path below the root, e.g. `/api/v1/quizzes/:quiz_id/open`. Routes of one path share auth and resource checks. */
  path: string
  /**
   * Who may call: `none` reads no token; `host`, `player` (of this path's quiz), `member` (a player of it, or the host).
   */
  auth: 'none' | 'host' | 'player' | 'member'
  summary: string
  /**
   * Finds what the path names, before 405 and 403; throws a 404 ProblemError if there is no such thing, or 401 if the caller's token
   * is no longer good for it.
   */
  resource?(params: Record<string, string>, caller: Caller | undefined): Promise<Resource>
  /** The quiz that a player's token must be of; default: `params.quiz_id`, compared without regard to case. */
  query?: z.ZodType<Query>
  body?: {
    schema: z.ZodType<Body>
    /** Default `application/json`; `text/csv` gives the text to the schema. */
    type?: 'application/json' | 'text/csv'
    /** Default LIMITS.bodyBytes. */
    limitBytes?: number
    /** An empty body counts as `{}`. */
    optional?: boolean
    /**
     * Sees the parsed but unvalidated body first; a reply ends the call. For the answer_id, whose repeat is answered
     * whatever else the body says. `isValid`: the body is as its schema wants it.
     */
    before?(raw: unknown, call: Call<Resource, undefined, Query>, isValid: boolean): Promise<Reply | undefined>
  }
  /** For OpenAPI: status → schema of the body. */
  replies: Record<number, z.ZodType | null>
  handle(call: Call<Resource, Body, Query>): Promise<Reply>
}

/** Keeps the type parameters of one route, and drops them for the list. */
export const route = <Resource, Body, Query>(r: Route<Resource, Body, Query>): Route => r as unknown as Route
