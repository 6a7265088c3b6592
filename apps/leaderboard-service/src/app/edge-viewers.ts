/**
 * The viewers of one quiz on this replica: who has been shown what, and what is due for whom. A viewer's frames are made of the
 * replica's state at one moment, so a board and an own rank of one version always agree, whoever gets them when.
 */
import type { RankingHandle } from '../domain/ranking.ts'
import type { BoardView, BoardViews } from './edge-board-views.ts'
import type { Refusal } from './edge-closes.ts'
import type { Frame } from './edge-frames.ts'
import type { QuizView } from './edge-quiz-view.ts'
import { isOlder, type Replica } from './edge-replica.ts'

/** A viewer's way out; the adapter's socket, or a simulated client. */
export interface Sink {
  /** Bytes written that the network has not taken yet. */
  backlog(): number
  /** These frames in this order, in one write. `you`: '' for none. */
  show(quiz: Frame | undefined, board: Frame | undefined, you: string): void
  /** An error frame, then the close. The viewer leaves by itself. */
  refuse(refusal: Refusal): void
}

export interface Viewer {
  readonly sink: Sink
  readonly board: BoardView
  /** A player's; undefined: no `you` frames. */
  readonly userId: string | undefined
  /** Its place in the list; -1: it has left. */
  at: number
  quizSeen: number
  boardSeen: number
  /** Of `generation`; undefined: not on the board yet. */
  handle: RankingHandle | undefined
  generation: number
  /** As last sent; 0: never. */
  rank: number
  score: number
  /** Since when it has not taken what was written, by the monotonic clock; 0: it keeps up. */
  behindSince: number
}

export interface FrameCounts {
  quiz: number
  leaderboard: number
  you: number
  writes: number
}

/** The (epoch, version) that a client has seen last. */
export interface Seen {
  epoch: number
  version: number
}

/** `behind`: something is due, but the viewer has not taken what was written before. */
export type Served = 'sent' | 'nothing' | 'behind'

export interface Viewers {
  readonly size: number
  /** Sends `quiz`, `leaderboard` and a player's `you`; the two latter with `reset` if the client has seen something newer. */
  enter(sink: Sink, top: number, userId: string | undefined, seen: Seen | undefined): Viewer
  leave(viewer: Viewer): void
  at(index: number): Viewer | undefined
  /** Sends what has changed for this viewer since it was last sent. */
  serve(viewer: Viewer): Served
}

class ViewerList implements Viewers {
  readonly #replica: Replica
  readonly #quiz: QuizView
  readonly #boards: BoardViews
  readonly #counts: FrameCounts
  readonly #list: Viewer[] = []

  constructor(replica: Replica, quiz: QuizView, boards: BoardViews, counts: FrameCounts) {
    this.#replica = replica
    this.#quiz = quiz
    this.#boards = boards
    this.#counts = counts
  }

  get size(): number {
    return this.#list.length
  }

  at(index: number): Viewer | undefined {
    return this.#list[index]
  }

  enter(sink: Sink, top: number, userId: string | undefined, seen: Seen | undefined): Viewer {
    const board = this.#boards.enter(top)
    const quizSeen = this.#quiz.contentId()
    const boardSeen = this.#boards.contentId(board)
    const at = this.#list.length
    const unknown = { handle: undefined, generation: -1, rank: 0, score: 0, behindSince: 0 }
    const viewer: Viewer = { sink, board, userId, at, quizSeen, boardSeen, ...unknown }
    this.#list.push(viewer)
    const { epoch, version, ranking } = this.#replica
    const reset = seen !== undefined && isOlder(epoch, version, seen.epoch, seen.version)
    const handle = this.#handleOf(viewer)
    let you = ''
    if (handle !== undefined) {
      viewer.rank = ranking.rankAt(handle)
      viewer.score = ranking.scoreAt(handle)
      you = this.#boards.you(viewer.rank, viewer.score, reset)
    }
    this.#send(viewer, this.#quiz.frame(), reset ? this.#boards.resetFrame(board) : this.#boards.frame(board), you)
    return viewer
  }

  leave(viewer: Viewer): void {
    if (viewer.at < 0) return
    const last = this.#list.pop()
    // Ticks go from the end to the start, so the one that moves into the gap has been served, or will be.
    if (last && last !== viewer) {
      this.#list[viewer.at] = last
      last.at = viewer.at
    }
    viewer.at = -1
    this.#boards.leave(viewer.board)
  }

  serve(viewer: Viewer): Served {
    const quizId = this.#quiz.contentId()
    const boardId = this.#boards.contentId(viewer.board)
    const handle = this.#handleOf(viewer)
    const { ranking } = this.#replica
    const rank = handle === undefined ? viewer.rank : ranking.rankAt(handle)
    const score = handle === undefined ? viewer.score : ranking.scoreAt(handle)
    const quizDue = viewer.quizSeen !== quizId
    const boardDue = viewer.boardSeen !== boardId
    const youDue = rank !== viewer.rank || score !== viewer.score
    if (!(quizDue || boardDue || youDue)) return 'nothing'
    if (viewer.sink.backlog() > 0) return 'behind'
    viewer.quizSeen = quizId
    viewer.boardSeen = boardId
    viewer.rank = rank
    viewer.score = score
    this.#send(
      viewer,
      quizDue ? this.#quiz.frame() : undefined,
      boardDue ? this.#boards.frame(viewer.board) : undefined,
      youDue ? this.#boards.you(rank, score, false) : '',
    )
    return 'sent'
  }

  #handleOf(viewer: Viewer): RankingHandle | undefined {
    if (viewer.userId === undefined) return undefined
    if (viewer.handle === undefined || viewer.generation !== this.#replica.generation) {
      viewer.handle = this.#replica.player(viewer.userId)?.handle
      viewer.generation = this.#replica.generation
    }
    return viewer.handle
  }

  #send(viewer: Viewer, quiz: Frame | undefined, board: Frame | undefined, you: string): void {
    if (quiz) this.#counts.quiz++
    if (board) this.#counts.leaderboard++
    if (you !== '') this.#counts.you++
    this.#counts.writes++
    viewer.sink.show(quiz, board, you)
  }
}

/** `counts` is counted up. */
export const createViewers = (replica: Replica, quiz: QuizView, boards: BoardViews, counts: FrameCounts): Viewers =>
  new ViewerList(replica, quiz, boards, counts)
