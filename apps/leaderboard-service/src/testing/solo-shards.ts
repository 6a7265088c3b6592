/** The partitions of a replica that is alone, on any store and log. */
import { createMemoryMembership } from '../adapters/memory-membership.ts'
import { noPeers } from '../adapters/ws-shard-peers.ts'
import { createShards, type Shards, type ShardsDeps } from '../app/shards.ts'

let started = 0

export const createSoloShards = (deps: Omit<ShardsDeps, 'membership' | 'peers' | 'self'>): Shards =>
  createShards({
    ...deps,
    membership: createMemoryMembership(),
    peers: noPeers,
    self: { id: `replica ${++started}`, address: '' },
  })
