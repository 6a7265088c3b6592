/** What the composition root sees of a service. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Route } from '../http/route.ts'

export interface Service {
  name: string
  routes: readonly Route[]
  /** The WebSocket upgrades of this service; only the leaderboard-service has one. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Resolves once the service is ready. */
  start(): Promise<void>
  /** Why it is not ready; empty when it is. */
  unready(): string[]
  /** Before it stops: hands to other replicas what they can take over, while it still serves. */
  leave?(): Promise<void>
  /** Graceful; idempotent. */
  stop(): Promise<void>
}
