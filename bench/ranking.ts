/**
 * Update + exact rank, ours against Redis' sorted set (ZINCRBY + ZREVRANK): `node bench/ranking.ts [--quick]`.
 *
 * Ours is a call in the process that ranks; Redis is another process behind a Unix socket, as who picks it has it. To measure
 * its work and not its round trips or a client library, the commands of a round are encoded beforehand and sent as one
 * pipeline. Ours gets a round's changes as its owners do, as batches of parsed events with fresh strings; a rank is taken
 * after every single update. Both get the same players and the same changes in the same order, in alternating
 * rounds; each round begins with a part that is not timed, so that neither pays for the other's use of the caches.
 * ZREVRANK gives a position: for the competition rank Redis would need ZSCORE and ZCOUNT instead.
 */
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Ranking } from '@quizboard/leaderboard-service/domain/ranking.ts'
import { createRanking } from '@quizboard/leaderboard-service/domain/sorted-ranking.ts'
import { encode, type Redis, startRedis } from './redis-peer.ts'

const quick = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values.quick
const SIZES = quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]
const ROUNDS = quick ? 9 : 25
/** Changes of a round, the first of them not timed. */
const TIMED = 20_000
const UNTIMED = 5_000
/** Events that are applied together. */
const BATCH = 250
const ID_BYTES = 20

let state = 0x2545f491
/** xorshift32: the same players and changes in every run. */
function below(limit: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % limit
}

/** Where scores start and by how much they change. */
const WORKLOADS = [
  // As in a quiz: everybody rises by the points of an answer.
  { name: 'points', start: () => below(100_000), delta: () => 500 + below(501) },
  // From anywhere to anywhere.
  { name: 'jumps', start: () => below(1_000_000), delta: () => below(1_000_000) - 500_000 },
  // Twenty scores for all.
  { name: 'ties', start: () => below(20) * 1_000, delta: () => (below(3) - 1) * 1_000 },
]
type Workload = (typeof WORKLOADS)[number]

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')

/** All ids in one buffer: a heap of a million strings would be measured too. */
class Players {
  readonly count: number
  readonly scores: Float64Array
  readonly #ids: Buffer
  constructor(count: number, workload: Workload) {
    this.count = count
    this.#ids = Buffer.from(Uint8Array.from({ length: count * ID_BYTES }, () => ALPHABET[below(64)] ?? 0))
    this.scores = Float64Array.from({ length: count }, workload.start)
  }
  /** A fresh string. */
  id(player: number): string {
    return this.#ids.toString('latin1', player * ID_BYTES, (player + 1) * ID_BYTES)
  }
}

interface Changes {
  players: Int32Array
  deltas: Int32Array
}
const makeChanges = (players: Players, workload: Workload, count: number): Changes => ({
  players: Int32Array.from({ length: count }, () => below(players.count)),
  deltas: Int32Array.from({ length: count }, workload.delta),
})

interface Sample {
  /** Pairs a second, by the clock and by the processor time used. */
  wall: number
  cpu: number
}

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

let time = 1_800_000_000_000
let ranks = 0

/** A server is never without a quiz; without any ranking V8 would forget what its optimised code knows of them. */
const another = createRanking()

/** One batch of parsed events: the look-ups, then each update and its rank. */
function updateAndRank(ranking: Ranking, ids: readonly string[], deltas: Int32Array, from: number): number {
  const handles = ranking.findAll(ids)
  let sum = 0
  for (let i = 0; i < handles.length; i++) {
    const handle = handles[i] as number
    ranking.move(handle, ranking.scoreAt(handle) + (deltas[i] as number), from + i)
    sum += ranking.rankAt(handle)
  }
  return sum
}

/** Calls `work` with batches of fresh ids; seconds of wall and processor time that it takes. */
function timeBatches(players: Players, changes: Changes, work: (ids: string[], deltas: Int32Array) => void) {
  let wall = 0
  let cpu = 0
  for (let start = 0; start < changes.players.length; start += BATCH) {
    const ids = Array.from(changes.players.subarray(start, start + BATCH), (player) => players.id(player))
    const deltas = changes.deltas.subarray(start, start + BATCH)
    const cpuBefore = cpuMicros()
    const before = process.hrtime.bigint()
    work(ids, deltas)
    wall += Number(process.hrtime.bigint() - before)
    cpu += cpuMicros() - cpuBefore
  }
  return { wall: wall / 1e9, cpu: cpu / 1e6 }
}

function roundOfOurs(
  ranking: Ranking,
  players: Players,
  untimed: Changes,
  timed: Changes,
): Sample & { findNs: number } {
  const update = (ids: string[], deltas: Int32Array) => {
    ranks += updateAndRank(ranking, ids, deltas, time)
    time += BATCH
  }
  timeBatches(players, untimed, update)
  const { wall, cpu } = timeBatches(players, timed, update)
  const find = timeBatches(players, timed, (ids) => {
    ranks += ranking.findAll(ids)[0] as number
  })
  return { wall: TIMED / wall, cpu: TIMED / cpu, findNs: (find.wall * 1e9) / TIMED }
}

async function roundOfRedis(
  redis: Redis,
  key: string,
  players: Players,
  untimed: Changes,
  timed: Changes,
): Promise<Sample> {
  const commands = (changes: Changes) =>
    Buffer.from(
      Array.from(changes.players, (player, i) => {
        const id = players.id(player)
        return encode('ZINCRBY', key, changes.deltas[i] as number, id) + encode('ZREVRANK', key, id)
      }).join(''),
    )
  const warmUp = commands(untimed)
  const batch = commands(timed)
  await redis.pipeline(warmUp, UNTIMED * 3)
  const cpuBefore = await redis.cpuSeconds()
  const before = process.hrtime.bigint()
  await redis.pipeline(batch, TIMED * 3)
  const wall = Number(process.hrtime.bigint() - before)
  return { wall: (TIMED * 1e9) / wall, cpu: TIMED / ((await redis.cpuSeconds()) - cpuBefore) }
}

async function fillRedis(redis: Redis, key: string, players: Players): Promise<number> {
  const memory = async () => Number(/used_memory:(\d+)/.exec(await redis.ask('INFO', 'memory'))?.[1])
  const before = await memory()
  for (let start = 0; start < players.count; start += 10_000) {
    const part = Array.from(players.scores.subarray(start, start + 10_000), (score, i) =>
      encode('ZADD', key, score, players.id(start + i)),
    )
    await redis.pipeline(Buffer.from(part.join('')), part.length)
  }
  return ((await memory()) - before) / players.count
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const processBytes = () => {
  collectGarbage()
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  return arrayBuffers + heapUsed
}

/** Bytes a player: of all arrays of the structure, and what the process has more, other things it did meanwhile included. */
function fillOurs(players: Players): { ranking: Ranking; processGrowth: number } {
  const before = processBytes()
  const ranking = createRanking()
  for (let player = 0; player < players.count; player++) {
    ranking.set(players.id(player), players.scores[player] as number, time++)
  }
  const processGrowth = (processBytes() - before) / players.count
  return { ranking, processGrowth }
}

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] as number
const median = (values: readonly number[]) => quantile(values, 0.5)
const middle = (values: readonly number[], text: (value: number) => string) =>
  `${text(median(values))} (${text(quantile(values, 0.25))}–${text(quantile(values, 0.75))})`
const rate = (value: number) => (value >= 1e6 ? `${(value / 1e6).toFixed(2)}M` : `${Math.round(value / 1e3)}k`)
const times = (value: number) => `${value.toFixed(1)}×`

async function measure(redis: Redis | undefined, count: number, workload: Workload) {
  const players = new Players(count, workload)
  const key = `${workload.name}:${count}`
  const redisBytes = redis && (await fillRedis(redis, key, players))
  const { ranking, processGrowth } = fillOurs(players)
  const ours: (Sample & { findNs: number })[] = []
  const theirs: Sample[] = []
  for (let round = -2; round < ROUNDS; round++) {
    const untimed = makeChanges(players, workload, UNTIMED)
    const timed = makeChanges(players, workload, TIMED)
    const peer = redis && (await roundOfRedis(redis, key, players, untimed, timed))
    const own = roundOfOurs(ranking, players, untimed, timed)
    if (round < 0) continue
    ours.push(own)
    if (peer) theirs.push(peer)
  }
  await redis?.ask('DEL', key)
  const bytes = ranking.bytes / players.count
  const pairs = ours.map((sample) => sample.wall)
  const findNs = median(ours.map((sample) => sample.findNs))
  const ratios = theirs.map((peer, i) => (pairs[i] as number) / peer.wall)
  const cpuRatios = theirs.map((peer, i) => (ours[i] as Sample).cpu / peer.cpu)
  const cells = [String(count).padStart(9), workload.name.padEnd(7), middle(pairs, rate).padEnd(21)]
  if (redisBytes !== undefined) {
    const peers = middle(
      theirs.map((sample) => sample.wall),
      rate,
    )
    cells.push(peers.padEnd(17), middle(ratios, times).padEnd(20), times(median(cpuRatios)).padEnd(6))
  }
  cells.push(
    `${findNs.toFixed(0)} ns`.padEnd(7),
    `${bytes.toFixed(0)}${redisBytes === undefined ? '' : ` / ${redisBytes.toFixed(0)}`}`,
  )
  console.log(cells.join('  '))
  return {
    players: count,
    workload: workload.name,
    pairs_per_s: Math.round(median(pairs)),
    find_ns: Math.round(findNs),
    bytes_per_player: Math.round(bytes),
    process_bytes_per_player: Math.round(processGrowth),
    ...(redisBytes !== undefined && {
      redis_pairs_per_s: Math.round(median(theirs.map((sample) => sample.wall))),
      ratio: Number(median(ratios).toFixed(2)),
      ratio_quartiles: [0.25, 0.75].map((part) => Number(quantile(ratios, part).toFixed(2))),
      ratio_cpu: Number(median(cpuRatios).toFixed(2)),
      redis_bytes_per_player: Math.round(redisBytes),
    }),
  }
}

const redis = await startRedis()
console.log(
  redis
    ? `Pairs of update and exact rank a second, look-up by id included, against redis-server ${redis.version}`
    : 'redis-server is not installed, so there is no peer to compare with (Debian: apt install redis-server)',
)
console.log(
  `Median and quartiles of ${ROUNDS} paired rounds of ${TIMED} pairs; bytes a player with ids of ${ID_BYTES} characters`,
)
console.log(
  `  players  scores   ours                   ${redis ? 'redis              ratio                 by CPU  ' : ''}look-up  bytes`,
)
const results: object[] = []
for (const players of SIZES) for (const workload of WORKLOADS) results.push(await measure(redis, players, workload))
if (ranks + another.size === 0) throw new Error('nobody has a rank')
console.log(JSON.stringify({ bench: 'ranking', quick, redis: redis?.version ?? null, results }))
await redis?.close()
