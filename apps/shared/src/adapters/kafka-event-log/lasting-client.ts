/**
 * An admin or a producer of kafkajs that outlives lost connections: 2.2.4 may then wait for ever for a reply that cannot come any more,
 * or trip over what it has forgotten. One that does not answer in time, or fails, makes room for a new one.
 */
import { within } from '../../kit/within.ts'
import type { Clock } from '../../ports/clock.ts'

interface Client {
  connect(): Promise<void>
  disconnect(): Promise<void>
}
export interface LastingClient<C> {
  /** Rejects as `work` does, or with NoReply; what was asked may still happen then. */
  use<T>(work: (client: C) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export class NoReply extends Error {
  constructor(ms: number) {
    super(`Kafka did not answer in ${ms} ms`)
    this.name = 'NoReply'
  }
}

/** `isOurs`: the error is of what was asked, not of the client. */
export const createLastingClient = <C extends Client>(options: {
  make(): C
  clock: Clock
  limitMs: number
  isOurs(error: unknown): boolean
}): LastingClient<C> => {
  const { make, clock, limitMs, isOurs } = options
  let current: C | undefined
  let connecting: Promise<void> = Promise.resolve()

  const get = (): { client: C; connected: Promise<void> } => {
    if (!current) {
      current = make()
      connecting = current.connect()
    }
    return { client: current, connected: connecting }
  }
  const drop = (client: C) => {
    if (current === client) current = undefined
    // Of one that has lost its way nothing more is expected.
    client.disconnect().catch(() => {})
  }
  return {
    async use(work) {
      const { client, connected } = get()
      const result = connected.then(() => work(client))
      try {
        if (!(await within(clock, limitMs, result))) throw new NoReply(limitMs)
        return await result
      } catch (error) {
        if (!isOurs(error)) drop(client)
        throw error
      }
    },
    async close() {
      const client = current
      current = undefined
      if (client) await within(clock, limitMs, client.disconnect())
    },
  }
}
