/**
 * What every replica has to have done before this one goes on: taken no more answers to a question that closes, let go of a key that
 * was corrected. Each that is registered is told, and has ended what it had accepted before when it says so; one that says that it is
 * still at it is slow, and waited for; one that says nothing in time is fenced in the store, after which nothing of it can be
 * committed, whatever it believes. One that registers while this runs has read the log and the corrections afterwards.
 */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { AnswerStore, Replica } from '../ports/answer-store.ts'
import type { PeerProgress } from '../ports/peers.ts'

export interface EverywhereOptions {
  store: AnswerStore
  clock: Clock
  logger: Logger
  /** Whether this is our own registration. */
  isOwn(replica: Replica): boolean
  /** For one reply of one replica. */
  peerMs: number
  /** For a replica that goes on saying that it is at it. */
  drainMs: number
  onFenced(): void
}

/** `here`: the same on this replica. Rejects if the store cannot be reached: then nothing is known of the others. */
export type Everywhere = (here: () => Promise<void>, tell: (replica: Replica) => Promise<PeerProgress>) => Promise<void>

export const createEverywhere = (options: EverywhereOptions): Everywhere => {
  const { store, clock, logger, isOwn, peerMs, drainMs, onFenced } = options

  /** undefined: nothing was said in time, or it refused. */
  const inTime = (telling: Promise<PeerProgress>): Promise<PeerProgress | undefined> =>
    new Promise((resolve) => {
      const late = clock.after(peerMs, () => resolve(undefined))
      const end = (progress: PeerProgress | undefined) => {
        late.cancel()
        resolve(progress)
      }
      telling.then(end, () => end(undefined))
    })
  const hasEnded = async (replica: Replica, tell: (replica: Replica) => Promise<PeerProgress>): Promise<boolean> => {
    const end = clock.monotonic() + drainMs
    for (;;) {
      const progress = await inTime(tell(replica))
      if (progress !== 'under way') return progress === 'ended'
      if (clock.monotonic() >= end) return false
    }
  }
  /** One that ends takes its registration away once everything that it had accepted has ended. */
  const hasLeft = async ({ id }: Replica) => !(await store.replicas()).some((other) => other.id === id)

  return async (here, tell) => {
    // Here as well if we were fenced a moment ago: what is judged here next must know.
    const own = here()
    const one = async (replica: Replica) => {
      if (!isOwn(replica)) {
        if (await hasEnded(replica, tell)) return
      } else {
        await own
        // Given up meanwhile: a commit of it may still come.
        if (isOwn(replica)) return
      }
      if (await hasLeft(replica)) return
      logger.warn({ replica: replica.id, address: replica.address }, 'a replica that did not answer is fenced')
      onFenced()
      await store.fence(replica.id)
    }
    const replicas = await store.replicas()
    await Promise.all([own, ...replicas.map(one)])
  }
}
