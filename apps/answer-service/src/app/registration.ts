/**
 * This replica's registration in the store, by which its commits are fenced. A replica that was fenced (it did not answer when a
 * question was to be closed) accepts nothing until it has registered anew and read the log once more: whatever was closed in the
 * meantime was in the log before.
 */
import { createLiveness } from '@quizboard/shared/domain/liveness.ts'
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { AnswerStore } from '../ports/answer-store.ts'

export interface Registration {
  /** undefined: not registered at this moment; nothing may be accepted. */
  readonly id: string | undefined
  /** It is ours, or will be once the log has been read: nothing has been accepted by it then. */
  owns(id: string): boolean
  /** Registers and catches up. Rejects as the store or the log does. */
  start(): Promise<void>
  /** The store has refused a commit by this id. */
  lost(id: string): void
  /** Gives this one up: it is fenced before there is another, so that nothing more of it is committed. */
  leave(id: string): void
  /** Ids of the other replicas that are alive, as last seen. */
  others(): readonly string[]
  /** Resolves to true once it is registered, or to false after `ms`. */
  registered(ms: number): Promise<boolean>
  /** The registration goes: nobody has to wait for this replica any more. */
  stop(): Promise<void>
}

export interface RegistrationOptions {
  store: AnswerStore
  clock: Clock
  logger: Logger
  /** Each call gives another one. */
  newId(): string
  address: string
  /** Resolves once everything that lies in the log now is known. */
  catchUp(): Promise<void>
  beatMs: number
  /** A replica whose beat has stood still for so long is fenced by the others: what it has left open must not hold them up. */
  expireMs: number
}

const AGAIN_MS = 200

export const createRegistration = (options: RegistrationOptions): Registration => {
  const { store, clock, logger, newId, address, catchUp, beatMs, expireMs } = options
  const liveness = createLiveness({ expireMs })
  let current: string | undefined
  let known: readonly string[] = []
  let timer: Timer | undefined
  let stopped = false
  /** Not ours any more, and perhaps not fenced yet. */
  let left: string | undefined
  /** Listed already: the others may ask for it before it is ours. */
  let joining: string | undefined
  const waiting = new Set<() => void>()

  const register = async () => {
    const id = newId()
    joining = id
    await store.register(id, address)
    // Only then: a close that does not find us in the list is in the log before.
    await catchUp()
    if (stopped) return store.fence(id)
    current = id
    joining = undefined
    for (const wake of [...waiting]) wake()
  }
  const registerAgain = async (): Promise<void> => {
    while (!stopped) {
      try {
        if (left !== undefined) await store.fence(left)
        left = undefined
        return await register()
      } catch (err) {
        logger.warn({ err }, 'this replica cannot register; trying again')
        await clock.sleep(AGAIN_MS)
      }
    }
  }
  const leaveFor = (id: string, why: string) => {
    if (current !== id || stopped) return
    current = undefined
    left = id
    logger.warn({ replica: id }, why)
    void registerAgain()
  }
  const lost = (id: string) => leaveFor(id, 'this replica was fenced; it registers anew')

  const look = async () => {
    const id = current
    if (id !== undefined && !(await store.beat(id))) lost(id)
    const replicas = await store.replicas()
    liveness.see(replicas, clock.monotonic())
    known = replicas.filter((replica) => replica.id !== current && liveness.isAlive(replica.id)).map((r) => r.id)
    for (const expired of liveness.expired()) {
      if (expired === current) continue
      logger.warn({ replica: expired }, 'a replica that is not heard of any more is fenced')
      await store.fence(expired)
    }
  }
  const lookLater = () => {
    timer = clock.after(beatMs, () => {
      look()
        .catch((err: unknown) => logger.warn({ err }, 'the replicas cannot be read'))
        .finally(() => {
          if (!stopped) lookLater()
        })
    })
  }

  return {
    get id() {
      return current
    },
    owns: (id) => id === current || id === joining,
    async start() {
      await register()
      lookLater()
    },
    lost,
    leave: (id) => leaveFor(id, 'what became of a commit is not known; this replica registers anew'),
    others: () => known,
    registered(ms) {
      if (current !== undefined) return Promise.resolve(true)
      return new Promise((resolve) => {
        const end = (is: boolean) => {
          limit.cancel()
          waiting.delete(wake)
          resolve(is)
        }
        const wake = () => end(true)
        const limit = clock.after(ms, () => end(false))
        waiting.add(wake)
      })
    },
    async stop() {
      stopped = true
      timer?.cancel()
      const id = current ?? left
      current = undefined
      if (id !== undefined) await store.fence(id)
    },
  }
}
