/**
 * The viewers of one quiz on this replica: who has been shown what, and what is due for whom. A viewer's frames are made of the
 * replica's state at one moment, so a board and an own rank of one version always agree, whoever gets them when.
 */
import type { RankingHandle } from '../domain/ranking.ts'
import type { Refusal } from './edge-closes.ts'
import type { Frame } from './edge-frames.ts'
import { isOlder } from './edge-replica.ts'
import type { BoardView, Views } from './edge-views.ts'

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

export interface Viewers {
  readonly size: number
  /** Sends `quiz`, `leaderboard` and a player's `you`; the two latter with `reset` if the client has seen something newer. */
  enter(sink: Sink, top: number, userId: string | undefined, seen: Seen | undefined): Viewer
  leave(viewer: Viewer): void
  at(index: number): Viewer | undefined
  /** Sends what has changed for this viewer since it was last sent; `behind`: it is due, but the viewer is not ready for it. */
  serve(viewer: Viewer): 'sent' | 'nothing' | 'behind'
}

/** `counts` is counted up. */
export const createViewers = (views: Views, counts: FrameCounts): Viewers => {
  const { replica } = views
  const list: Viewer[] = []

  const handleOf = (viewer: Viewer): RankingHandle | undefined => {
    if (viewer.userId === undefined) return undefined
    if (viewer.handle === undefined || viewer.generation !== replica.generation) {
      viewer.handle = replica.player(viewer.userId)?.handle
      viewer.generation = replica.generation
    }
    return viewer.handle
  }

  const send = (viewer: Viewer, quiz: Frame | undefined, board: Frame | undefined, you: string): void => {
    if (quiz) counts.quiz++
    if (board) counts.leaderboard++
    if (you !== '') counts.you++
    counts.writes++
    viewer.sink.show(quiz, board, you)
  }

  return {
    get size() {
      return list.length
    },
    at: (index) => list[index],
    enter(sink, top, userId, seen) {
      const board = views.enter(top)
      const viewer: Viewer = {
        sink,
        board,
        userId,
        at: list.length,
        quizSeen: views.quizId(),
        boardSeen: views.boardId(board),
        handle: undefined,
        generation: -1,
        rank: 0,
        score: 0,
        behindSince: 0,
      }
      list.push(viewer)
      const reset = seen !== undefined && isOlder(replica.epoch, replica.version, seen.epoch, seen.version)
      const handle = handleOf(viewer)
      if (handle !== undefined) {
        viewer.rank = replica.ranking.rankAt(handle)
        viewer.score = replica.ranking.scoreAt(handle)
      }
      const you = handle === undefined ? '' : views.you(viewer.rank, viewer.score, reset)
      send(viewer, views.quizFrame(), reset ? views.resetBoardFrame(board) : views.boardFrame(board), you)
      return viewer
    },
    leave(viewer) {
      if (viewer.at < 0) return
      const last = list.pop()
      // Rounds go from the end to the start, so the one that moves into the gap was served, or will be.
      if (last && last !== viewer) {
        list[viewer.at] = last
        last.at = viewer.at
      }
      viewer.at = -1
      views.leave(viewer.board)
    },
    serve(viewer) {
      const quizId = views.quizId()
      const boardId = views.boardId(viewer.board)
      const quizDue = viewer.quizSeen !== quizId
      const boardDue = viewer.boardSeen !== boardId
      const handle = handleOf(viewer)
      let rank = viewer.rank
      let score = viewer.score
      if (handle !== undefined) {
        rank = replica.ranking.rankAt(handle)
        score = replica.ranking.scoreAt(handle)
      }
      const youDue = rank !== viewer.rank || score !== viewer.score
      if (!(quizDue || boardDue || youDue)) return 'nothing'
      if (viewer.sink.backlog() > 0) return 'behind'
      viewer.quizSeen = quizId
      viewer.boardSeen = boardId
      viewer.rank = rank
      viewer.score = score
      send(
        viewer,
        quizDue ? views.quizFrame() : undefined,
        boardDue ? views.boardFrame(viewer.board) : undefined,
        youDue ? views.you(rank, score, false) : '',
      )
      return 'sent'
    },
  }
}
