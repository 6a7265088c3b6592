/** Who owns which partition, as this replica knows it, and who wants to hear of changes. */
import type { Successor } from '../ports/owner-feed.ts'

export interface OwnerPlace extends Successor {
  /** Of the lease; a hint has that of the one before. */
  epoch: number
}

export interface PartitionTable {
  ownerOf(partition: number): OwnerPlace | undefined
  /** What the leases say; a place with an older epoch than is known changes nothing. */
  set(partition: number, place: OwnerPlace | undefined, epoch: number): void
  /** Somebody said who comes next, ahead of the lease. */
  hint(partition: number, to: Successor): void
  /** Called when the place of the partition's owner has changed, until it is stopped. Must not throw. */
  onChange(partition: number, listener: () => void): { stop(): void }
}

export const createPartitionTable = (): PartitionTable => {
  const entries = new Map<number, { place: OwnerPlace | undefined; epoch: number }>()
  const listeners = new Map<number, Set<() => void>>()
  const put = (partition: number, place: OwnerPlace | undefined, epoch: number) => {
    const before = entries.get(partition)?.place
    entries.set(partition, { place, epoch })
    const isSame = before?.id === place?.id && before?.address === place?.address && before?.epoch === place?.epoch
    if (!isSame) for (const listener of [...(listeners.get(partition) ?? [])]) listener()
  }
  return {
    ownerOf: (partition) => entries.get(partition)?.place,
    set(partition, place, epoch) {
      if (epoch >= (entries.get(partition)?.epoch ?? 0)) put(partition, place, epoch)
    },
    hint(partition, to) {
      const epoch = entries.get(partition)?.epoch ?? 0
      put(partition, { ...to, epoch }, epoch)
    },
    onChange(partition, listener) {
      const group = listeners.get(partition) ?? new Set()
      listeners.set(partition, group)
      group.add(listener)
      return { stop: () => group.delete(listener) }
    },
  }
}
