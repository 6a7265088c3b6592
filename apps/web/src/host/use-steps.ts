/**
 * The host's steps through a quiz. Which one comes next follows from the newest state; `reveal` and `next` name the question
 * that they are meant for, so that a second click, or another host's, changes nothing.
 */
import type { Quiz, QuizState } from '@quizboard/shared/contracts/rest.ts'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api/error.ts'
import type { HostApi } from '../api/host.ts'
import { useToasts } from '../components/toasts.tsx'
import type { LiveState } from '../live/state.ts'
import type { FrameQuestion } from '../player/view.ts'

export type Step = 'open' | 'start' | 'reveal' | 'next' | 'close'

export interface Steps {
  state: QuizState
  question: FrameQuestion | undefined
  isLast: boolean
  /** What the big button does. */
  primary: Step
  /** The big button takes presses: it has meant the same for long enough. */
  isSettled: boolean
  /** The step that is under way. */
  busy: Step | undefined
  take(step: Step): void
  /** The big button, or its key. */
  takePrimary(): void
}

/** After a step the big button means another one: a press meant for the old one must not take it. */
const SETTLE_MS = 700

const primaryStep = (state: QuizState, question: FrameQuestion | undefined, isLast: boolean): Step => {
  if (state === 'draft') return 'open'
  if (state === 'open') return 'start'
  if (question?.state === 'open') return 'reveal'
  return isLast ? 'close' : 'next'
}

/** Refusals that only say: somebody was there before. */
const HARMLESS = new Set(['quiz/moved_on', 'quiz/wrong_state'])

const callOf = (api: HostApi, quizId: string, step: Step, position: number | undefined): Promise<Quiz> | undefined => {
  if (step !== 'reveal' && step !== 'next') return api.move(quizId, step)
  return position === undefined ? undefined : api.advance(quizId, step, position)
}

export const useSteps = (api: HostApi, loaded: Quiz, live: LiveState): Steps => {
  const toasts = useToasts()
  const [replied, setReplied] = useState<Quiz>()
  const [busy, setBusy] = useState<Step>()
  const { quiz } = live
  // A reply may be ahead of the frames, never behind what was loaded; frames win as soon as they come.
  const state = quiz?.state ?? replied?.state ?? loaded.state
  const question = state === 'running' ? quiz?.question : undefined
  const isLast = question !== undefined && question.position >= (quiz?.question_count ?? loaded.question_count)
  const primary = primaryStep(state, question, isLast)
  const meaning = `${primary} ${question?.question_id}`
  const [settled, setSettled] = useState<string>()
  const isSettled = settled === meaning
  useEffect(() => {
    const timer = setTimeout(() => setSettled(meaning), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [meaning])

  const underWay = useRef<Step>(undefined)
  /** An end that was confirmed while another step was under way is not forgotten. */
  const closesNext = useRef(false)
  const position = question?.position
  const take = useCallback(
    (step: Step) => {
      if (underWay.current) {
        closesNext.current ||= step === 'close' && underWay.current !== 'close'
        return
      }
      const call = callOf(api, loaded.quiz_id, step, position)
      if (!call) return
      underWay.current = step
      setBusy(step)
      call
        .then(setReplied, (error: unknown) => {
          if (!(error instanceof ApiError && HARMLESS.has(error.code))) toasts.fail(error)
        })
        .finally(() => {
          underWay.current = undefined
          setBusy(undefined)
          if (!closesNext.current) return
          closesNext.current = false
          take('close')
        })
    },
    [api, loaded.quiz_id, position, toasts],
  )
  const takePrimary = () => {
    if (isSettled) take(primary)
  }
  return { state, question, isLast, primary, isSettled, busy, take, takePrimary }
}
