/**
 * The boards of one quiz at the replica's version, one view for each number of rows that somebody asked for. A board is made when
 * it is first asked for after a change, and once for all who see it.
 */
import { asciiJson, type Frame, frame, leaderboardContent, leaderboardJson, youHead, youJson } from './edge-frames.ts'
import type { Replica } from './edge-replica.ts'

/** The first `top` of the board. */
export interface BoardView {
  readonly top: number
  viewers: number
  contentId: number
  content: string
  /** Replica.changes that `content` is of. */
  changes: number
  /** For the newest version that it was asked for. */
  frame: Frame | undefined
  frameEpoch: number
  frameVersion: number
}

export interface BoardViews {
  /** The view of `top` rows, for one viewer more. */
  enter(top: number): BoardView
  leave(view: BoardView): void
  /** Brings the view up to date; the id changes exactly when the content does. */
  contentId(view: BoardView): number
  frame(view: BoardView): Frame
  /** With `"reset":true`. */
  resetFrame(view: BoardView): Frame
  /** A `you` frame of the same version. */
  you(rank: number, score: number, reset: boolean): string
}

export const createBoardViews = (replica: Replica): BoardViews => {
  const id = asciiJson(replica.quizId)
  const views = new Map<number, BoardView>()
  let head = ''
  let headChanges = -1

  const refresh = (view: BoardView): void => {
    if (view.changes === replica.changes) return
    view.changes = replica.changes
    const next = leaderboardContent(replica.players, replica.page(0, view.top))
    if (next === view.content) return
    view.content = next
    view.contentId++
    view.frame = undefined
  }
  const make = (view: BoardView, reset: boolean): Frame =>
    frame(leaderboardJson(id, replica.epoch, replica.version, view.content, reset))

  return {
    enter(top) {
      let view = views.get(top)
      if (!view) {
        const empty = { content: '', contentId: 0, changes: -1, frame: undefined, frameEpoch: 0, frameVersion: 0 }
        view = { top, viewers: 0, ...empty }
        views.set(top, view)
      }
      view.viewers++
      return view
    },
    leave(view) {
      view.viewers--
      if (view.viewers === 0) views.delete(view.top)
    },
    contentId(view) {
      refresh(view)
      return view.contentId
    },
    frame(view) {
      refresh(view)
      if (!view.frame || view.frameVersion !== replica.version || view.frameEpoch !== replica.epoch) {
        view.frame = make(view, false)
        view.frameEpoch = replica.epoch
        view.frameVersion = replica.version
      }
      return view.frame
    },
    resetFrame(view) {
      refresh(view)
      return make(view, true)
    },
    you(rank, score, reset) {
      if (headChanges !== replica.changes) {
        headChanges = replica.changes
        head = youHead(id, replica.epoch, replica.version)
      }
      return youJson(head, rank, score, reset)
    },
  }
}
