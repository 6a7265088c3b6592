/**
 * The viewers' side of the leaderboard: any replica takes any viewer. It follows each quiz that somebody looks at, and forgets
 * it some time after the last one has gone.
 */
import type { Verifier } from '@quizboard/shared/auth/tokens.ts'
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { HelloFrame } from '@quizboard/shared/contracts/frames.ts'
import { type Caller, isPlayerOf } from '@quizboard/shared/http/route.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Ranking } from '../domain/ranking.ts'
import { type BoardFeed, LogUnavailable } from '../ports/board-feed.ts'
import type { Refusal } from './edge-closes.ts'
import { refusalOf } from './edge-hello.ts'
import { createLaggards } from './edge-laggards.ts'
import type { EdgeQuiz } from './edge-quiz.ts'
import { createEdgeQuizzes } from './edge-quizzes.ts'
import type { TickReport, TickSettings } from './edge-ticks.ts'
import type { FrameCounts, Sink } from './edge-viewers.ts'

export interface EdgeSettings extends TickSettings {
  /** How long what is not known yet is waited for, before it is refused. */
  knowledgeMs: number
  /** How long a viewer who has seen more elsewhere waits for it: from an owner that is known, and for one that takes over. */
  lagMs: number
  takeoverMs: number
  /**
   * How long a hello waits for a quiz that cannot be shown for the moment: nobody can tell whether there is one, or whether a viewer
   * who comes back has seen more of it elsewhere, or its owner is not to be reached. Then it is asked to come back.
   */
  patienceMs: number
  /** A viewer who has taken nothing for so long is let go. */
  stuckMs: number
  /** A quiz without viewers and requests is forgotten after it. */
  idleMs: number
}

export const EDGE_DEFAULTS: EdgeSettings = {
  minMs: 50,
  maxMs: 1_000,
  sliceMs: 5,
  knowledgeMs: 1_000,
  lagMs: 1_000,
  takeoverMs: 5_000,
  patienceMs: 60_000,
  stuckMs: 20_000,
  idleMs: 60_000,
}

const TOP_DEFAULT = 10
/** Between two looks for a quiz of which nobody can tell whether it exists. */
const AGAIN_MS = 100
/** A viewer who waits for a quiz's owner is looked after so often. */
const TURN_MS = 1_000

const NO_OWNER: Refusal = {
  code: 'service/unavailable',
  detail: 'The board is not at hand for the moment',
  retryMs: 1_000,
}

const NO_LOG: Refusal = { code: 'service/unavailable', detail: 'The quizzes cannot be read', retryMs: 1_000 }

const UNKNOWN: Refusal = { code: 'quiz/unknown', detail: 'There is no quiz of this id' }

/** A viewer's entry: what the adapter keeps to let it go. */
export interface Entry {
  readonly role: 'viewer' | 'player' | 'host'
  leave(): void
}

export type Admission = { ok: true; entry: Entry } | { ok: false; refusal: Refusal }

export interface Edge {
  /**
   * Judges a hello to the quiz of this id, whatever its case, and lets the viewer in: its first frames go out before this
   * resolves. `isGone`: the viewer has left meanwhile; then nothing is sent and it is not let in.
   */
  admit(quizId: string, hello: HelloFrame, sink: Sink, isGone: () => boolean): Promise<Admission | undefined>
  /** The newest lifecycle snapshot; undefined: there is no such quiz, and was not within `knowledgeMs`. Rejects as the feed does. */
  find(quizId: string): Promise<LifecycleEvent | undefined>
  /** The quiz with its standings; it is followed from now on, and kept for a while. */
  open(quiz: LifecycleEvent): EdgeQuiz
  /** As the feed's. */
  isWhole(): Promise<boolean>
  readonly settings: EdgeSettings
  readonly counts: Readonly<FrameCounts>
  readonly quizzes: number
  readonly behind: number
  stop(): void
}

export interface EdgeDeps {
  feed: BoardFeed
  verifier: Verifier
  clock: Clock
  createRanking(): Ranking
  settings?: Partial<EdgeSettings>
  onTick?(report: TickReport): void
}

export const createEdge = (deps: EdgeDeps): Edge => {
  const { feed, verifier, clock, createRanking, onTick = () => {} } = deps
  const settings: EdgeSettings = { ...EDGE_DEFAULTS, ...deps.settings }
  const counts: FrameCounts = { quiz: 0, leaderboard: 0, you: 0, writes: 0 }
  const laggards = createLaggards(clock, settings.stuckMs)
  const ofQuiz = { feed, clock, createRanking, ticks: settings, counts, laggards, onTick }
  const quizzes = createEdgeQuizzes(ofQuiz, settings.idleMs)
  let stopped = false

  const find = (quizId: string, hasSeen = false) => feed.quiz(quizId, settings.knowledgeMs, hasSeen)

  const callerOf = async (token: string | undefined): Promise<Caller | Refusal | undefined> => {
    if (token === undefined) return undefined
    const verified = await verifier.verify(token)
    return verified.ok ? verified.caller : { code: verified.code, detail: verified.detail }
  }

  /** Undefined: nobody can tell. Whoever has a token of a quiz knows that there is one. */
  const tryToFind = async (
    quizId: string,
    caller: Caller | undefined,
    hasSeen: boolean,
  ): Promise<LifecycleEvent | Refusal | undefined> => {
    try {
      const event = await find(quizId, hasSeen)
      if (event || !isPlayerOf(caller, quizId)) return event ?? UNKNOWN
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
    }
    await clock.sleep(AGAIN_MS)
    return undefined
  }

  const admit: Edge['admit'] = async (quizId, hello, sink, isGone) => {
    const caller = await callerOf(hello.token)
    if (caller && 'code' in caller) return { ok: false, refusal: caller }
    const end = clock.monotonic() + settings.patienceMs
    const isOver = () => isGone() || stopped || clock.monotonic() >= end
    const seen = hello.epoch === undefined ? undefined : { epoch: hello.epoch, version: hello.version ?? 0 }
    const look = () => tryToFind(quizId, caller, seen !== undefined)
    let event = await look()
    while (!event && !isOver()) event = await look()
    if (isGone() || stopped) return undefined
    if (!event) return { ok: false, refusal: NO_LOG }
    if ('code' in event) return { ok: false, refusal: event }
    const refusal = refusalOf(caller, event, clock.now())
    if (refusal) return { ok: false, refusal }
    const quiz = quizzes.open(event)
    // In turns: whoever has gone is not kept.
    while (!(await quiz.ready(TURN_MS)) && !isOver()) quiz.touch()
    if (isGone() || stopped) return undefined
    if (!quiz.replica.ready) return { ok: false, refusal: NO_OWNER }
    const userId = caller?.role === 'player' ? caller.user_id : undefined
    if (userId !== undefined) await quiz.hasPlayer(userId, settings.knowledgeMs)
    // What another replica has shown is on its way here too, as a rule.
    if (seen) await quiz.reaches(seen, settings)
    if (isGone() || stopped) return undefined
    const viewer = quiz.enter(sink, hello.top ?? TOP_DEFAULT, userId, seen)
    return { ok: true, entry: { role: caller?.role ?? 'viewer', leave: () => quiz.leave(viewer) } }
  }

  return {
    settings,
    counts,
    find,
    open: quizzes.open,
    isWhole: () => feed.isWhole(),
    admit,
    get quizzes() {
      return quizzes.size
    },
    get behind() {
      return laggards.size
    },
    stop() {
      stopped = true
      laggards.stop()
      quizzes.stop()
    },
  }
}
