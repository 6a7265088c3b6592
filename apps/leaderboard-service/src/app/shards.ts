/**
 * The partitions of the boards at this replica, and its part in sharing them out. At every beat each replica says that it is
 * alive, looks at the members and leases, computes the same assignment as all others, and does what is its own: takes what
 * has no owner, asks the owner for what should move here, keeps warm what it is a standby of, and lets the rest go. Nothing rests on
 * these looks but punctuality: who writes is decided by the lease's epoch alone.
 */
import { createLiveness } from '@quizboard/shared/domain/liveness.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { Clock, Timer } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { type Assignment, assign } from '../domain/assignment.ts'
import type { BoardFeed } from '../ports/board-feed.ts'
import { type BoardStore, emptyState, type Lease } from '../ports/board-store.ts'
import type { Member, Membership } from '../ports/membership.ts'
import type { Following, OwnerMessage, ShardPeers, Successor } from '../ports/owner-feed.ts'
import { createCatalogue } from './catalogue.ts'
import { createLifecycleReader } from './lifecycle-reader.ts'
import { createPartition, type Partition } from './partition.ts'
import type { PartitionObserver } from './partition-observer.ts'
import { PARTITION_DEFAULTS, type PartitionSettings } from './partition-settings.ts'
import { createPartitionTable } from './partition-table.ts'
import { createRoutedFeed } from './routed-feed.ts'

export interface Shards {
  /** Every quiz, wherever its owner is. */
  feed: BoardFeed
  /** Resolves once every quiz is known, and what had no owner and is ours to take is served. */
  start(): Promise<void>
  /** Why it is not ready; empty when it is. */
  unready(): string[]
  /** Hands over what others can take, and waits for it. */
  leave(): Promise<void>
  /** Everything applied is flushed when it resolves; idempotent. */
  stop(): Promise<void>
  /** What this replica has: as owner and as standby. */
  partitions(): readonly Partition[]
  /** Partitions that nobody owns, as far as this replica knows; all of them once it cannot see the leases any more. */
  readonly orphans: number
  /** For another replica that follows a quiz here; undefined: this one has nothing of its partition. */
  followHere(partition: number, quizId: string, onMessage: (message: OwnerMessage) => void): Following | undefined
  /** For another replica that is to have the partition. False: it is not ours to hand over in that epoch. */
  release(partition: number, epoch: number, to: Successor): Promise<boolean>
  /** Another replica says that it owns the partition now. */
  announced(partition: number, epoch: number, owner: Successor): void
}

export interface ShardsDeps {
  store: BoardStore
  membership: Membership
  peers: ShardPeers
  log: EventLog
  clock: Clock
  observer: PartitionObserver
  /** Of this replica: `id` is another one after each start. */
  self: Successor
  /** Something failed; it is tried again. */
  onError(error: unknown): void
  settings?: Partial<PartitionSettings>
}

/** Looks that are asked for between the beats. */
const SOON_MS = 50
/** For saying that it has gone: whoever cannot is missed by its beats. */
const GOODBYE_MS = 2_000

export const createShards = (deps: ShardsDeps): Shards => {
  const { store, membership, peers, log, clock, observer, self, onError } = deps
  const settings = { ...PARTITION_DEFAULTS, ...deps.settings }
  const liveness = createLiveness({ expireMs: settings.expireMs })
  const catalogue = createCatalogue(clock, settings.quizzes)
  const lifecycle = createLifecycleReader({ log, catalogue, clock, onError })
  const table = createPartitionTable()
  const held = new Map<number, Partition>()
  /** What is being done to a partition: one thing at a time. */
  const moving = new Map<number, Promise<void>>()
  let orphans = 0
  const isBlind = () => isStarted && clock.monotonic() - lookedAt > 5 * settings.expireMs
  let isStarted = false
  let isLeaving = false
  let stopping: Promise<void> | undefined
  let timer: Timer | undefined
  let looking: Promise<boolean> | undefined
  let lookedAt = Number.NEGATIVE_INFINITY
  /** Of the leases at the last look. */
  let epochs: ReadonlyMap<number, number> = new Map()
  /** The other replicas that are alive. */
  let others: readonly Member[] = []

  const attempt = (partition: number, work: () => Promise<unknown>): void => {
    if (moving.has(partition)) return
    const mine = work()
      .then(() => {}, onError)
      .finally(() => moving.delete(partition))
    moving.set(partition, mine)
  }
  const dropped = (partition: number, one: Partition) => {
    if (held.get(partition) === one) held.delete(partition)
  }
  /** Warm, or on the way to it. */
  const keep = async (partition: number, lease: Lease | undefined): Promise<Partition> => {
    const known = held.get(partition)
    if (known) return known
    const one = createPartition({
      ...{ partition, log, store, clock, observer, onError, settings },
      member: self.id,
      onLost: () => {
        dropped(partition, one)
        lookSoon()
      },
    })
    held.set(partition, one)
    try {
      await one.start(lease?.state ?? emptyState())
    } catch (error) {
      await letGo(partition, one)
      throw error
    }
    return one
  }
  const letGo = async (partition: number, one: Partition, to?: Successor) => {
    await one.release(to)
    dropped(partition, one)
  }
  const take = async (partition: number, lease: Lease | undefined, owner: Member | undefined) => {
    const began = clock.monotonic()
    const one = await keep(partition, lease)
    const seen = lease?.epoch ?? 0
    if (owner) await peers.release(owner.address, partition, seen, self)
    if (!(await one.take(seen))) {
      // Somebody was faster; the next look tells who.
      if (one.role === 'over') dropped(partition, one)
      return
    }
    const epoch = one.epoch ?? seen + 1
    table.set(partition, { ...self, epoch }, epoch)
    for (const { address } of others) peers.announce(address, partition, epoch, self).catch(() => {})
    observer.took?.(owner ? 'handed over' : 'orphaned', clock.monotonic() - began)
  }

  /** Our part of the assignment, for one partition. */
  const act = (partition: number, wanted: Assignment, lease: Lease | undefined, owner: Member | undefined) => {
    const one = held.get(partition)
    const isOurs = one?.role === 'owner' || one?.role === 'taking'
    if (wanted.owner === self.id) {
      if (!isOurs) attempt(partition, () => take(partition, lease, owner))
    } else if (isOurs)
      return // Until its next owner asks for it.
    else if (wanted.standbys.includes(self.id)) {
      if (!one) attempt(partition, () => keep(partition, lease))
    } else if (one) attempt(partition, () => letGo(partition, one))
  }

  /** What the leases say of what we hold. */
  const compare = (lease: Lease, members: ReadonlyMap<string, Member>) => {
    const { partition, epoch, owner } = lease
    const one = held.get(partition)
    if (one?.epoch !== undefined && epoch > one.epoch && one.role !== 'over') {
      one.lost(owner === null ? undefined : members.get(owner))
      dropped(partition, one)
    } else one?.flushed(lease.state)
  }

  /** False: it is stopping, and nothing was looked at. */
  const look = async (): Promise<boolean> => {
    if (!(await membership.beat(self.id, isLeaving)) && !stopping) await membership.join(self.id, self.address)
    const [members, leases] = await Promise.all([membership.list(), store.leases()])
    if (stopping) return false
    const now = clock.monotonic()
    lookedAt = now
    epochs = new Map(leases.map(({ partition, epoch }) => [partition, epoch]))
    liveness.see(members, now)
    const byId = new Map(members.map((member) => [member.id, member]))
    const alive = members.filter(({ id }) => id === self.id || liveness.isAlive(id))
    const aliveIds = new Set(alive.map(({ id }) => id))
    others = alive.filter(({ id }) => id !== self.id)
    const leaseOf = new Map(leases.map((lease) => [lease.partition, lease]))
    for (const lease of leases) compare(lease, byId)
    const owners = Array.from({ length: log.partitions }, (_, partition) => {
      const owner = leaseOf.get(partition)?.owner ?? undefined
      return owner === self.id || (owner !== undefined && aliveIds.has(owner)) ? owner : undefined
    })
    orphans = owners.filter((owner) => owner === undefined).length
    const wanted = assign(
      alive.map((member) => (member.id === self.id ? { ...member, isLeaving } : member)),
      owners,
      settings.standbys,
    )
    for (const [partition, assignment] of wanted.entries()) {
      const lease = leaseOf.get(partition)
      const owner = byId.get(owners[partition] ?? '')
      const epoch = lease?.epoch ?? 0
      if (lease) table.set(partition, owner && { id: owner.id, address: owner.address, epoch }, epoch)
      act(partition, assignment, lease, owner?.id === self.id ? undefined : owner)
    }
    for (const id of liveness.expired()) if (id !== self.id) await membership.remove(id)
    return true
  }
  /** False: nothing new is known, the store may be away. */
  const lookNow = (): Promise<boolean> => {
    looking ??= look()
      .catch((error: unknown) => {
        onError(error)
        return false
      })
      .finally(() => {
        looking = undefined
      })
    return looking
  }
  const lookIn = (ms: number) => {
    timer?.cancel()
    if (!stopping) timer = clock.after(ms, () => void lookNow().then(() => lookIn(settings.beatMs)))
  }
  const lookSoon = () => {
    if (!looking) lookIn(SOON_MS)
  }

  const followHere: Shards['followHere'] = (partition, quizId, onMessage) => {
    const one = held.get(partition)
    return one && one.role !== 'over' ? one.follow(quizId, onMessage) : undefined
  }
  const owned = () => [...held.values()].filter(({ role }) => role === 'owner' || role === 'taking')

  const stop = async () => {
    timer?.cancel()
    await Promise.all(moving.values())
    await Promise.all([...held].map(([partition, one]) => letGo(partition, one).catch(onError)))
    await lifecycle.stop()
    await within(clock, GOODBYE_MS, membership.remove(self.id)).catch(onError)
    await peers.close()
    catalogue.close()
  }

  return {
    feed: createRoutedFeed({
      ...{ table, catalogue, followHere, peers, clock },
      member: self.id,
      partitions: log.partitions,
      catchUp: () => lifecycle.end.reach(settings.catchUpMs),
      isWhole: () => lifecycle.end.isWhole(settings.catchUpMs),
      lookAgain: lookSoon,
      async newestEpoch(partition) {
        // One that is under way may have read the leases before.
        await looking
        return (await lookNow()) ? epochs.get(partition) : undefined
      },
    }),
    async start() {
      await Promise.all([lifecycle.start(), membership.join(self.id, self.address)])
      await look()
      await Promise.all(moving.values())
      isStarted = true
      lookIn(settings.beatMs)
    },
    unready() {
      if (stopping) return ['the boards are stopping']
      if (!catalogue.isComplete) return ['the quizzes are not all known yet']
      if (!isStarted) return ['the partitions are being shared out']
      if (isBlind()) return ['the store of the boards is not to be reached']
      return [...held.values()].map((one) => one.unready()).filter((reason) => reason !== undefined)
    },
    async leave() {
      isLeaving = true
      const end = clock.monotonic() + settings.leaveMs
      const hasHeir = () => others.some((other) => !other.isLeaving)
      // Who cannot see the leases cannot hand over either.
      while ((await lookNow()) && owned().length > 0 && hasHeir() && clock.monotonic() < end) await clock.sleep(SOON_MS)
    },
    stop() {
      stopping ??= stop()
      return stopping
    },
    partitions: () => [...held.values()],
    get orphans() {
      return isBlind() ? log.partitions : orphans
    },
    followHere,
    async release(partition, epoch, to) {
      const one = held.get(partition)
      if (moving.has(partition)) return false
      // Handed on to us, and not taken yet: whoever asks may as well.
      if (!one || one.role === 'standby') return true
      if (one.role !== 'owner' || one.epoch !== epoch) return false
      const work = letGo(partition, one, to)
      attempt(partition, () => work)
      await work
      table.hint(partition, to)
      return true
    },
    announced: (partition, epoch, owner) => table.set(partition, { ...owner, epoch }, epoch),
  }
}
