/** The committer of this moment's registration: another registration, another committer. */
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import { type Committer, createCommitter } from './committer.ts'
import type { Observer } from './observer.ts'
import type { Registration } from './registration.ts'

/** undefined: there is no registration at this moment. */
export type CurrentCommitter = () => Committer | undefined

export const createCurrentCommitter = (deps: {
  registration: Registration
  store: AnswerStore
  clock: Clock
  observer: Observer
  batchMax: number
  queueMax: number
  onEvents(events: readonly ScoreEvent[]): void
}): CurrentCommitter => {
  const { registration, ...ofCommitter } = deps
  let current: { id: string; committer: Committer } | undefined
  return () => {
    const { id } = registration
    if (id === undefined) return undefined
    if (current?.id !== id) {
      const committer = createCommitter({
        ...{ ...ofCommitter, replica: id },
        onFenced: () => registration.lost(id),
        onUncertain: () => registration.leave(id),
      })
      current = { id, committer }
    }
    return current.committer
  }
}
