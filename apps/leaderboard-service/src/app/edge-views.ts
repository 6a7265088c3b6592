/**
 * What is to be seen of one quiz at this moment. Everything is made when it is first asked for after a change, and once for
 * all who see the same. A content's id changes exactly when the content does.
 */
import { type Clock, toTimestamp } from '@quizboard/shared/ports/clock.ts'
import {
  asciiJson,
  type Frame,
  frame,
  leaderboardContent,
  leaderboardJson,
  type QuizContent,
  quizContent,
  quizJson,
  youHead,
  youJson,
} from './edge-frames.ts'
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

export interface Views {
  readonly replica: Replica
  /** Of the quiz frame's content. */
  quizId(): number
  quizFrame(): Frame
  /** The view of `top` rows, for one viewer more. */
  enter(top: number): BoardView
  leave(view: BoardView): void
  /** Brings the view up to date and gives its content's id. */
  boardId(view: BoardView): number
  /** The board at the replica's version. */
  boardFrame(view: BoardView): Frame
  resetBoardFrame(view: BoardView): Frame
  you(rank: number, score: number, reset: boolean): string
}

/** The quiz frame's revision is lifecycle revision × this + joined players: it rises with a change of either. */
export const REVISION_STEP = 2 ** 20

export const createViews = (replica: Replica, clock: Clock): Views => {
  const id = asciiJson(replica.quizId)
  const boards = new Map<number, BoardView>()
  let quizChanges = -1
  let quizContentId = 0
  let revision = -1
  let content: QuizContent | undefined
  let quizMadeAt = Number.NaN
  let quiz: Frame | undefined
  let head = ''
  let headChanges = -1

  const refreshQuiz = (): QuizContent => {
    if (content && quizChanges === replica.changes) return content
    quizChanges = replica.changes
    const newRevision = replica.quiz.revision * REVISION_STEP + replica.joined
    // An owner that starts again may not know everyone yet: what was shown stays until it does.
    if (content && newRevision <= revision) return content
    const next = quizContent(replica.quiz, replica.joined)
    revision = newRevision
    quiz = undefined
    if (content?.beforeTime !== next.beforeTime || content.afterTime !== next.afterTime) quizContentId++
    content = next
    return next
  }

  const refreshBoard = (view: BoardView): void => {
    if (view.changes === replica.changes) return
    view.changes = replica.changes
    const next = leaderboardContent(replica.players, replica.page(0, view.top))
    if (next === view.content) return
    view.content = next
    view.contentId++
    view.frame = undefined
  }

  const boardJson = (view: BoardView, reset: boolean): Frame =>
    frame(leaderboardJson(id, replica.epoch, replica.version, view.content, reset))

  return {
    replica,
    quizId: () => {
      refreshQuiz()
      return quizContentId
    },
    quizFrame() {
      const now = clock.now()
      const current = refreshQuiz()
      if (quiz && quizMadeAt === now) return quiz
      quizMadeAt = now
      quiz = frame(quizJson(id, revision, current, toTimestamp(now)))
      return quiz
    },
    enter(top) {
      let view = boards.get(top)
      if (!view) {
        const empty = { content: '', contentId: 0, changes: -1, frame: undefined, frameEpoch: 0, frameVersion: 0 }
        view = { top, viewers: 0, ...empty }
        boards.set(top, view)
      }
      view.viewers++
      return view
    },
    leave(view) {
      view.viewers--
      if (view.viewers === 0) boards.delete(view.top)
    },
    boardId(view) {
      refreshBoard(view)
      return view.contentId
    },
    boardFrame(view) {
      refreshBoard(view)
      if (!view.frame || view.frameVersion !== replica.version || view.frameEpoch !== replica.epoch) {
        view.frame = boardJson(view, false)
        view.frameEpoch = replica.epoch
        view.frameVersion = replica.version
      }
      return view.frame
    },
    resetBoardFrame(view) {
      refreshBoard(view)
      return boardJson(view, true)
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
