/** One question: its head with the time, its options or its input, and after the close the key. */
import { useEffect, useState } from 'react'
import { useAnnounce } from '../../components/announcer.tsx'
import { Countdown, useRemaining } from '../../components/countdown.tsx'
import { OptionList, type OptionMark } from '../../components/option-list.tsx'
import { Heading } from '../../components/screen.tsx'
import { formatNumber } from '../../lib/text.ts'
import type { PlayerState } from '../../player/session.ts'
import type { AnswerStage, FrameQuestion } from '../../player/view.ts'
import { TypedAnswer } from './typed-answer.tsx'

export interface QuestionViewProps {
  question: FrameQuestion
  own: AnswerStage
  canAnswer: boolean
  state: PlayerState
  submit: (questionId: string, answer: string) => void
}

export const QuestionView = ({ question, own, canAnswer, state, submit }: QuestionViewProps) => {
  const { quiz, clockOffsetMs = 0 } = state.live
  const isOpen = question.state === 'open'
  const remaining = useRemaining(isOpen ? question.deadline : undefined, clockOffsetMs)
  const inTime = canAnswer && remaining !== 0
  useVerdictAnnounced(question, own)
  const give = (answer: string) => {
    if (own.stage === 'none' || own.answer !== answer) submit(question.question_id, answer)
  }
  const total = quiz?.question_count ?? question.position
  return (
    <>
      <header className="question-head">
        <div className="row spread">
          <span className="question-count">
            Question <b className="digits">{question.position}</b> of {total}
          </span>
          <span className="tag digits">{formatNumber(question.points)} points</span>
        </div>
        {remaining !== null && question.time_limit_ms !== null ? (
          <Countdown key={question.question_id} remaining={remaining} limitMs={question.time_limit_ms} />
        ) : (
          <div className="progress" aria-hidden="true">
            <div style={{ transform: `scaleX(${question.position / total})` }} />
          </div>
        )}
      </header>
      <main id="main" className="player-main question" key={question.question_id}>
        <Heading
          about={question.question_id}
          className={question.prompt.length > 160 ? 'prompt prompt-long' : 'prompt'}
        >
          <span className="visually-hidden">Question {question.position}: </span>
          <span dir="auto">{question.prompt}</span>
        </Heading>
        {question.options ? (
          <OptionList
            options={question.options}
            chosen={own.stage === 'none' ? undefined : own.answer}
            markOf={(option) => markOf(option, question, own, inTime)}
            onPick={inTime ? give : undefined}
          />
        ) : (
          <TypedAnswer key={question.question_id} question={question} own={own} canAnswer={inTime} give={give} />
        )}
      </main>
    </>
  )
}

const markOf = (option: string, question: FrameQuestion, own: AnswerStage, inTime: boolean): OptionMark => {
  const isOwn = own.stage !== 'none' && own.answer === option
  if (question.answer !== undefined) {
    // More than the key may be right: the host can accept an option.
    const isRight = option === question.answer || (isOwn && own.stage === 'marked' && own.isCorrect)
    return isRight ? 'right' : isOwn ? 'wrong' : 'off'
  }
  if (!isOwn) return own.stage === 'none' || inTime ? 'plain' : 'off'
  if (own.stage === 'sending') return 'sending'
  if (own.stage === 'marked') return own.isCorrect ? 'right' : 'wrong'
  return 'chosen'
}

/** Told once a stage, in the words that the foot of the screen shows. */
const useVerdictAnnounced = (question: FrameQuestion, own: AnswerStage) => {
  const announce = useAnnounce()
  const [initial] = useState(own.stage)
  const text = verdictText(question, own)
  useEffect(() => {
    if (text !== '' && (initial !== own.stage || question.state === 'closed')) announce(text, 'result')
  }, [text, announce, initial, own.stage, question.state])
}

const verdictText = (question: FrameQuestion, own: AnswerStage): string => {
  const key = question.answer === undefined ? '' : ` The answer is ${question.answer}.`
  if (own.stage === 'marked')
    return `${own.isCorrect ? 'Right' : 'Wrong'}${own.score === undefined ? '' : `, ${own.score} points`}.${key}`
  if (question.state === 'closed') return `The question is closed.${key}`
  return own.stage === 'locked' ? 'Your answer is locked in.' : ''
}
