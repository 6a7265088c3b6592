/**
 * What an event costs as the work grows: `npm run bench growth [-- --quick]`. Players of one quiz from 10 to 100,000, and quizzes of 10
 * players from 1 to 10,000.
 *
 * In memory: the owner of a partition and an edge that follows all its quizzes, as they are. Events as texts from the log are checked,
 * counted in the board, numbered, and ranked at the edge. The log is a stand-in that gives batches of 250, and nobody has a
 * socket (a frame is a viewer's cost, not an event's: bench fanout). On MongoDB: rows flushed by a thousand (growth-flush.ts). An
 * event of a player who has been flushed since the last one costs both; several events of a player between two flushes cost
 * one row. Sizes take turns in one process; a ratio is of one round, to the round's smallest size of its kind.
 */
import { parseArgs } from 'node:util'
import { createMemoryBoardStore } from '@quizboard/leaderboard-service/adapters/memory-board-store.ts'
import { createReplica, type Replica } from '@quizboard/leaderboard-service/app/edge-replica.ts'
import { createRanking } from '@quizboard/leaderboard-service/domain/sorted-ranking.ts'
import { lifecycleOf } from '@quizboard/leaderboard-service/testing/fake-board-feed.ts'
import { createSoloShards } from '@quizboard/leaderboard-service/testing/solo-shards.ts'
import { type ScoreEvent, TOPICS } from '@quizboard/shared/contracts/events.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import type { ConsumeOptions, EventLog, StoredRecord } from '@quizboard/shared/ports/event-log.ts'
import { quizId, userId } from './bench-quizzes.ts'
import { measureFlushes } from './growth-flush.ts'
import { ratios, show, spread } from './statistics.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const ROUNDS = quick ? 7 : 25
const EVENTS = quick ? 10_000 : 20_000
const FLUSH_ROUNDS = quick ? 5 : 15
/** Of a turn, before it is timed. */
const UNTIMED = 2_000
const BATCH = 250
const GOAL = 1.3
const SIZES = [
  { kind: 'players', quizzes: 1, players: 10 },
  { kind: 'players', quizzes: 1, players: 1_000 },
  { kind: 'players', quizzes: 1, players: 100_000 },
  { kind: 'quizzes', quizzes: 1, players: 10 },
  { kind: 'quizzes', quizzes: 100, players: 10 },
  { kind: 'quizzes', quizzes: 10_000, players: 10 },
]
type Size = (typeof SIZES)[number]

const nameOf = ({ quizzes, players }: Size) => `${quizzes} quiz${quizzes === 1 ? '' : 'zes'} of ${players} players`

let state = 0x2545f491
/** xorshift32: the same changes in every run. */
const below = (limit: number): number => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % limit
}

/** A log that gives what it is told to, when it is told to. */
const createGivenLog = () => {
  const readers = new Map<string, ConsumeOptions>()
  const log: EventLog = {
    partitions: 1,
    append: () => Promise.reject(new Error('nothing of this goes anywhere else')),
    async consume(options) {
      readers.set(options.topic, options)
      return { caughtUp: async () => {}, close: async () => {} }
    },
    close: async () => {},
  }
  return { log, give: (topic: string, records: readonly StoredRecord[]) => readers.get(topic)?.onBatch(0, records) }
}

const nothing = () => {}

/** A replica that owns everything, with an edge beside it. */
const createSide = async ({ quizzes, players }: Size) => {
  const { log, give } = createGivenLog()
  const shards = createSoloShards({
    ...{ store: createMemoryBoardStore(), log, clock },
    observer: { event: nothing, scored: nothing, shown: nothing, flushed: nothing, deadLetter: nothing },
    onError: (error) => {
      throw error
    },
    settings: { flushMs: 3_600_000, dirtyRows: 10_000_000, idleMs: 3_600_000 },
  })
  await shards.start()
  const total = quizzes * players
  const totals = new Int32Array(total)
  const revisions = new Int32Array(total)
  let offset = 0
  const recordOf = (player: number): StoredRecord => {
    const points = 500 + below(501)
    const at = new Date(1_800_000_000_000 + offset).toISOString()
    totals[player] = (totals[player] ?? 0) + points
    revisions[player] = (revisions[player] ?? 0) + 1
    const [seq = 0, sum = 0] = [revisions[player], totals[player]]
    const event: ScoreEvent = {
      ...{ quiz_id: quizId(Math.floor(player / players)), user_id: userId(player), score: points, total: sum },
      ...{ seq, revision: seq, answered_at: at, reached_at: at, question_id: 'question_0001' },
    }
    return { key: event.quiz_id, value: JSON.stringify(event), offset: offset++, timestamp: 1_800_000_000_000 }
  }
  const replicas: Replica[] = []
  for (let quiz = 0; quiz < quizzes; quiz++) {
    const replica = createReplica(lifecycleOf(quizId(quiz)), createRanking)
    replicas.push(replica)
    shards.followHere(0, quizId(quiz), (message) => {
      if (message.kind === 'gone') return
      const outcome = replica.apply(message.kind === 'snapshot' ? { ...message, quiz: undefined } : message)
      if (outcome !== 'applied') throw new Error(`an edge is at ${replica.version}: ${outcome} ${message.version}`)
    })
  }
  const apply = async (records: readonly StoredRecord[]) => {
    for (let at = 0; at < records.length; at += BATCH) await give(TOPICS.scores, records.slice(at, at + BATCH))
  }
  await apply(Array.from({ length: total }, (_, player) => recordOf(player)))
  const shown = replicas.reduce((sum, replica) => sum + replica.players, 0)
  if (shown !== total) throw new Error(`the edge shows ${shown} of ${total} players`)
  return { apply, makeTurn: (count: number) => Array.from({ length: count }, () => recordOf(below(total))) }
}
type Side = Awaited<ReturnType<typeof createSide>>

const cpuMicros = (): number => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Microseconds of processor time for each event. */
const turn = async (side: Side): Promise<number> => {
  const records = side.makeTurn(UNTIMED + EVENTS)
  await side.apply(records.slice(0, UNTIMED))
  const before = cpuMicros()
  await side.apply(records.slice(UNTIMED))
  return (cpuMicros() - before) / EVENTS
}

const sides: Side[] = []
for (const size of SIZES) sides.push(await createSide(size))
const micros: number[][] = SIZES.map(() => [])
// The first round warms up and does not count.
for (let round = -1; round < ROUNDS; round++) {
  const order = [...sides.entries()]
  for (const [i, side] of round % 2 === 0 ? order : order.toReversed()) {
    const cost = await turn(side)
    if (round >= 0) micros[i]?.push(cost)
  }
}
console.log(`µs of processor time for each event, ${ROUNDS} rounds of ${EVENTS} events: median (10–90 %)`)
const results = SIZES.map((size, i) => {
  const smallest = SIZES.findIndex(({ kind }) => kind === size.kind)
  const cost = spread(micros[i] ?? [])
  const growth = ratios(micros[i] ?? [], micros[smallest] ?? [])
  console.log(`  ${nameOf(size).padEnd(30)} ${show(cost).padEnd(22)} ${show(growth)}×`)
  return { ...size, cost, growth }
})
const flushSizes = SIZES.filter(({ quizzes, players }) => quizzes * players >= 1_000)
const flushes = await measureFlushes(flushSizes, FLUSH_ROUNDS)
console.log(
  `µs of processor time for each row that is flushed, ${FLUSH_ROUNDS} rounds of 1,000 rows, and of mongod; with its event`,
)
const stored = flushSizes.map((size, i) => {
  const smallest = flushSizes.findIndex(({ kind }) => kind === size.kind)
  const rowOf = (at: number) => (flushes[at] ?? []).map((each) => each.micros)
  const whole = (at: number, of: Size) => {
    const { median } = results[SIZES.indexOf(of)]?.cost ?? { median: Number.NaN }
    return rowOf(at).map((micros) => micros + median)
  }
  const cost = spread(rowOf(i))
  const mongod = spread((flushes[i] ?? []).map((each) => each.mongod))
  const growth = ratios(whole(i, size), whole(smallest, flushSizes[smallest] ?? size))
  console.log(`  ${nameOf(size).padEnd(30)} ${show(cost, 1).padEnd(22)} ${show(mongod, 1).padEnd(24)} ${show(growth)}×`)
  return { ...size, cost, mongod, growth }
})
const holds = stored.every(({ growth }) => growth.median <= GOAL)
console.log(JSON.stringify({ bench: 'growth', quick, goal: GOAL, holds, results, stored }))
process.exit()
