/** Joins: hundreds of players join in the same second, so those that arrive together share one transaction. */
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Random } from '@quizboard/shared/ports/random.ts'
import { playerRecord } from '../domain/events.ts'
import { newId } from '../domain/ids.ts'
import { assignNames, nameCandidates } from '../domain/names.ts'
import type { Player, Quiz } from '../domain/quiz.ts'
import type { QuizStore, QuizWork } from '../ports/quiz-store.ts'
import { createBatches } from './batches.ts'
import type { OutboxRelay } from './outbox-relay.ts'

export interface JoinRequest {
  /** As parsed by `parseName`. */
  name: string
  joinId: string | null
}
type JoinRefusal = { kind: 'refused'; code: 'quiz/not_open' | 'quiz/closed' | 'quiz/full'; detail: string }
export type JoinOutcome =
  /** `again`: by a join_id that came before. */
  | { kind: 'joined'; player: Player; again: boolean }
  | JoinRefusal
  | { kind: 'unknown' }
  /** Too many wait for this quiz. */
  | { kind: 'busy' }

export interface Joins {
  /** Resolves once the join is in the event log, or after a bounded wait for it. */
  join(quizId: string, request: JoinRequest): Promise<JoinOutcome>
  /** Resolves once no join is under way. */
  settled(): Promise<void>
}

export interface JoinsOptions {
  store: QuizStore
  relay: OutboxRelay
  clock: Clock
  random: Random
  metrics: Metrics
  playersMax: number
  logWaitMs: number
}

const BATCH_MAX = 250
const WAITING_MAX = 5_000

export const createJoins = (options: JoinsOptions): Joins => {
  const { store, relay, clock, random, metrics, playersMax, logWaitMs } = options
  const joined = metrics.counter('quizboard_players_joined_total', 'Players who joined')
  const batches = createBatches<JoinRequest, JoinOutcome>({
    batchMax: BATCH_MAX,
    waitingMax: WAITING_MAX,
    async run(quizId, requests) {
      const outcomes = await store.withQuiz(quizId, (work) => joinAll(work, requests, { clock, random, playersMax }))
      if (!outcomes) return requests.map(() => ({ kind: 'unknown' }))
      joined.inc(outcomes.filter((outcome) => outcome.kind === 'joined' && !outcome.again).length)
      return outcomes
    },
  })
  return {
    async join(quizId, request) {
      const waiting = batches.submit(quizId, request)
      if (!waiting) return { kind: 'busy' }
      const outcome = await waiting
      if (outcome.kind === 'joined') await within(clock, logWaitMs, relay.flush()).catch(() => false)
      return outcome
    },
    settled: () => batches.settled(),
  }
}

type JoinContext = Pick<JoinsOptions, 'clock' | 'random' | 'playersMax'>

/** In one transaction. Who came before by join_id is answered in any state of the quiz, full ones too. */
const joinAll = async (
  work: QuizWork,
  requests: readonly JoinRequest[],
  context: JoinContext,
): Promise<JoinOutcome[]> => {
  const { quiz } = work
  const known = await playersByJoinId(work, requests)
  const refusal = refusalOf(quiz, context.playersMax)
  let room = refusal ? 0 : context.playersMax - quiz.players
  const fresh: JoinRequest[] = []
  const freshIds = new Set<string>()
  /** Of each request: its place among `fresh`. */
  const places = requests.map((request) => {
    const { joinId } = request
    if (joinId !== null && known.has(joinId)) return undefined
    if (joinId !== null && freshIds.has(joinId)) return fresh.findIndex((one) => one.joinId === joinId)
    if (room === 0) return undefined
    room--
    if (joinId !== null) freshIds.add(joinId)
    return fresh.push(request) - 1
  })
  const players = await addPlayers(work, fresh, context)
  return requests.map((request, i): JoinOutcome => {
    const place = places[i]
    const player = place === undefined ? undefined : players[place]
    if (player) return { kind: 'joined', player, again: fresh[place ?? -1] !== request }
    const before = request.joinId === null ? undefined : known.get(request.joinId)
    if (before) return { kind: 'joined', player: before, again: true }
    return refusal ?? full(context.playersMax)
  })
}

const full = (playersMax: number): JoinRefusal => ({
  kind: 'refused',
  code: 'quiz/full',
  detail: `The quiz has its ${playersMax} players`,
})

const refusalOf = ({ state, players }: Quiz, playersMax: number): JoinRefusal | undefined => {
  if (state === 'draft')
    return { kind: 'refused', code: 'quiz/not_open', detail: 'The quiz is not open for players yet' }
  if (state === 'closed') return { kind: 'refused', code: 'quiz/closed', detail: 'The quiz is closed' }
  return players >= playersMax ? full(playersMax) : undefined
}

const playersByJoinId = async (work: QuizWork, requests: readonly JoinRequest[]): Promise<Map<string, Player>> => {
  const ids = [...new Set(requests.flatMap(({ joinId }) => (joinId === null ? [] : [joinId])))]
  const players = ids.length === 0 ? [] : await work.joined(ids)
  return new Map(players.flatMap((player) => (player.joinId === null ? [] : [[player.joinId, player] as const])))
}

/** In the order of `fresh`. */
const addPlayers = async (work: QuizWork, fresh: readonly JoinRequest[], { clock, random }: JoinContext) => {
  const wanted = fresh.map(({ name }) => name)
  const names = await freeNames(work, wanted)
  const joinedAt = clock.now()
  const { quizId } = work.quiz
  const players = fresh.map(
    ({ name, joinId }, i): Player => ({ quizId, userId: newId(random), name: names[i] ?? name, joinId, joinedAt }),
  )
  if (players.length > 0) {
    await work.add(players)
    await work.publish(players.map(playerRecord))
  }
  return players
}

/**
 * Asks for as many candidates of each name as could be needed if few are taken, then for four times as many: a thousand
 * Annas take a few questions to the store, and everyone else one.
 */
const freeNames = async (work: QuizWork, wanted: readonly string[]): Promise<string[]> => {
  if (wanted.length === 0) return []
  const counts = new Map<string, number>()
  for (const name of wanted) counts.set(name, (counts.get(name) ?? 0) + 1)
  // Of this many candidates one is free for each, whoever has the others.
  const enough = work.quiz.players + wanted.length
  for (let factor = 1; ; factor *= 4) {
    const reach = (name: string) => Math.min(enough, (counts.get(name) ?? 1) * factor)
    const names = assignNames(wanted, await work.taken(nameCandidates(wanted, reach)), reach)
    if (names) return names
    if (factor > enough) throw new Error(`no free name among ${enough} candidates`)
  }
}
