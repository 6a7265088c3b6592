/**
 * The viewers' side of the leaderboard: any replica takes any viewer. It follows each quiz that somebody looks at, and forgets
 * it some time after the last one has gone.
 */
import type { Verifier } from '@quizboard/shared/auth/tokens.ts'
import type { LifecycleEvent } from '@quizboard/shared/contracts/events.ts'
import type { HelloFrame } from '@quizboard/shared/contracts/frames.ts'
import type { Caller } from '@quizboard/shared/http/route.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { Ranking } from '../domain/ranking.ts'
import type { BoardFeed } from '../ports/board-feed.ts'
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
  /** How long a viewer waits for a quiz whose owner is not to be reached; then it is asked to come back. */
  ownerMs: number
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
  ownerMs: 30_000,
  stuckMs: 20_000,
  idleMs: 60_000,
}

const TOP_DEFAULT = 10

const NO_OWNER: Refusal = {
  code: 'service/unavailable',
  detail: 'The board is not at hand for the moment',
  retryMs: 1_000,
}

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
  /** The newest lifecycle snapshot; undefined: there is no such quiz, and was not within `knowledgeMs`. */
  find(quizId: string): Promise<LifecycleEvent | undefined>
  /** The quiz with its standings; it is followed from now on, and kept for a while. */
  open(quiz: LifecycleEvent): EdgeQuiz
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

  const find = (quizId: string) => feed.quiz(quizId, settings.knowledgeMs)

  const callerOf = async (token: string | undefined): Promise<Caller | Refusal | undefined> => {
    if (token === undefined) return undefined
    const verified = await verifier.verify(token)
    return verified.ok ? verified.caller : { code: verified.code, detail: verified.detail }
  }

  const admit: Edge['admit'] = async (quizId, hello, sink, isGone) => {
    const caller = await callerOf(hello.token)
    if (caller && 'code' in caller) return { ok: false, refusal: caller }
    const event = await find(quizId)
    if (!event) return { ok: false, refusal: { code: 'quiz/unknown', detail: 'There is no quiz of this id' } }
    const refusal = refusalOf(caller, event, clock.now())
    if (refusal) return { ok: false, refusal }
    if (isGone() || stopped) return undefined
    const quiz = quizzes.open(event)
    // The owner may be unknown for the moment; then the viewer waits with us: the quiz exists.
    if (!(await quiz.ready(settings.ownerMs))) return stopped ? undefined : { ok: false, refusal: NO_OWNER }
    const userId = caller?.role === 'player' ? caller.user_id : undefined
    if (userId !== undefined) await quiz.hasPlayer(userId, settings.knowledgeMs)
    if (isGone() || stopped) return undefined
    const seen = hello.epoch === undefined ? undefined : { epoch: hello.epoch, version: hello.version ?? 0 }
    const viewer = quiz.enter(sink, hello.top ?? TOP_DEFAULT, userId, seen)
    return { ok: true, entry: { role: caller?.role ?? 'viewer', leave: () => quiz.leave(viewer) } }
  }

  return {
    settings,
    counts,
    find,
    open: quizzes.open,
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
