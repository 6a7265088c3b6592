/** The `quiz` frame of one quiz, made anew only when it says something new. */
import { type Clock, toTimestamp } from '@quizboard/shared/ports/clock.ts'
import { asciiJson, type Frame, frame, type QuizContent, quizContent, quizJson } from './edge-frames.ts'
import type { Replica } from './edge-replica.ts'

/** The frame's revision is the lifecycle's × this + joined players: it rises with a change of either. */
export const REVISION_STEP = 2 ** 20

export interface QuizView {
  /** Changes exactly when the content does. */
  contentId(): number
  /** With the time of now. */
  frame(): Frame
}

export const createQuizView = (replica: Replica, clock: Clock): QuizView => {
  const id = asciiJson(replica.quizId)
  let changes = replica.changes
  let contentId = 0
  let content: QuizContent = quizContent(replica.quiz, replica.joined)
  let revision = replica.quiz.revision * REVISION_STEP + replica.joined
  let madeAt = Number.NaN
  let made: Frame | undefined

  const refresh = (): void => {
    if (changes === replica.changes) return
    changes = replica.changes
    const newRevision = replica.quiz.revision * REVISION_STEP + replica.joined
    // An owner that starts again may not know everyone yet: what was shown stays until it does.
    if (newRevision <= revision) return
    revision = newRevision
    made = undefined
    const next = quizContent(replica.quiz, replica.joined)
    if (content.beforeTime !== next.beforeTime || content.afterTime !== next.afterTime) contentId++
    content = next
  }

  return {
    contentId() {
      refresh()
      return contentId
    },
    frame() {
      refresh()
      const now = clock.now()
      if (!made || madeAt !== now) {
        madeAt = now
        made = frame(quizJson(id, revision, content, toTimestamp(now)))
      }
      return made
    },
  }
}
