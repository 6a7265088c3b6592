/** The tally of the current question: followed while it is open, settled once it is closed, unless a key is corrected. */
import { useEffect, useRef, useState } from 'react'
import type { HostApi } from '../api/host.ts'
import type { LiveState } from '../live/state.ts'
import type { FrameQuestion } from '../player/view.ts'
import { type Tally, tallyQuestion } from './tally.ts'

const PAUSE_MS = 1_500
/** After the close a few more looks: what was accepted in the last moment is counted too. */
const LOOKS_AFTER_CLOSE = 3

export const useTally = (
  api: HostApi | undefined,
  quizId: string,
  question: FrameQuestion | undefined,
  /** The newest: a corrected key moves it, and then a closed question is counted again. */
  board: LiveState['board'],
): Tally | undefined => {
  const questionId = question?.question_id
  const isTyped = question !== undefined && !question.options
  const isClosed = question?.state === 'closed'
  const boardNow = useRef(board)
  boardNow.current = board
  const [tallied, setTallied] = useState<{ questionId: string; tally: Tally }>()
  useEffect(() => {
    if (!api || questionId === undefined) return
    let stopped = false
    let timer: ReturnType<typeof setTimeout> | undefined
    let looks = 0
    let boardThen = boardNow.current
    const look = async () => {
      if (isClosed && looks >= LOOKS_AFTER_CLOSE && boardNow.current === boardThen) {
        timer = setTimeout(look, PAUSE_MS)
        return
      }
      const startedAt = Date.now()
      boardThen = boardNow.current
      const tally = await tallyQuestion(api, quizId, questionId, isTyped).catch(() => undefined)
      if (stopped) return
      if (tally) setTallied({ questionId, tally })
      if (tally) looks++
      // Ten thousand answers are ten pages: the longer it took, the longer the pause.
      timer = setTimeout(look, Math.max(PAUSE_MS, 4 * (Date.now() - startedAt)))
    }
    void look()
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [api, quizId, questionId, isTyped, isClosed])
  return tallied && tallied.questionId === questionId ? tallied.tally : undefined
}
