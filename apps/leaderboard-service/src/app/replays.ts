/** Dead letters that were mended and sent again, within one batch of a partition: each counts once, whatever is sent how often. */
import { type Malformed, malformed } from '../domain/records.ts'
import type { ReplayedScoreEvent } from '../domain/score-records.ts'
import type { PartitionState } from '../ports/board-store.ts'

export interface Replays {
  /** Why it cannot be judged here; undefined: it can. */
  problemOf(event: ReplayedScoreEvent): Malformed | undefined
  /** Whether its letter has not been counted, nor come in this batch. */
  isNew(event: ReplayedScoreEvent): boolean
  counted(event: ReplayedScoreEvent): void
  /** What was counted is in the state from now on. */
  commit(): void
}

/** Offsets that are remembered of one partition, the highest ones. The log has forgotten those long before. */
export const REPLAYED_MAX = 10_000

export const createReplays = (partition: number, state: PartitionState): Replays => {
  const known = () => state.replayed[partition] ?? []
  const seen = new Set<number>()
  const counted: number[] = []
  return {
    problemOf({ replay_of }) {
      if (replay_of.partition !== partition)
        return malformed(
          'invalid',
          `replay_of.partition is ${replay_of.partition}: it is to be sent to that partition, not ${partition}`,
        )
      const oldest = known().length < REPLAYED_MAX ? -1 : Math.min(...known())
      if (replay_of.offset < oldest)
        return malformed(
          'invalid',
          `replay_of.offset is ${replay_of.offset}: whether it was counted is not known any more`,
        )
      return undefined
    },
    isNew({ replay_of: { offset } }) {
      const isNew = !known().includes(offset) && !seen.has(offset)
      seen.add(offset)
      return isNew
    },
    counted: ({ replay_of }) => void counted.push(replay_of.offset),
    commit() {
      if (counted.length === 0) return
      const all = [...known(), ...counted.splice(0)]
      state.replayed[partition] = all.sort((a, b) => a - b).slice(-REPLAYED_MAX)
    },
  }
}
