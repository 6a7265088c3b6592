/** The answer that is typed: sent on Enter, shown while it stands, and the key beside it after the close. */
import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { codePoints } from '../../lib/text.ts'
import type { AnswerStage, FrameQuestion } from '../../player/view.ts'

const ANSWER_LIMIT = 200

export interface TypedAnswerProps {
  question: FrameQuestion
  own: AnswerStage
  canAnswer: boolean
  give: (answer: string) => void
}

export const TypedAnswer = ({ question, own, canAnswer, give }: TypedAnswerProps) => {
  const given = own.stage === 'none' ? '' : own.answer
  const [text, setText] = useState(given)
  const [error, setError] = useState<string>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const answer = text.trim()
    if (answer === '') return setError('Type your answer first.')
    if (codePoints(answer) > ANSWER_LIMIT) return setError(`An answer has at most ${ANSWER_LIMIT} characters.`)
    setError(undefined)
    give(answer)
  }
  return (
    <div className="stack">
      {given !== '' && <Given own={own} isClosed={question.state === 'closed'} />}
      {question.answer !== undefined && (
        <p className="typed-tile" data-mark="right">
          <Icon name="check" size={22} />
          <span className="small">The answer</span>
          <b dir="auto">{question.answer}</b>
        </p>
      )}
      {canAnswer && (
        <form className="stack" onSubmit={submit} noValidate>
          <Field
            label={given === '' ? 'Your answer' : 'Another answer'}
            error={error}
            hint="Capitals and accents do not matter."
          >
            {(field) => (
              <input
                {...field}
                className="input input-large"
                value={text}
                onChange={(event) => setText(event.target.value)}
                autoComplete="off"
                autoCorrect="off"
                autoCapitalize="off"
                spellCheck={false}
                enterKeyHint="send"
                dir="auto"
              />
            )}
          </Field>
          <Button kind="primary" type="submit" large wide aria-disabled={text.trim() === given || undefined}>
            {given === '' ? 'Send the answer' : 'Change the answer'}
          </Button>
        </form>
      )}
    </div>
  )
}

const Given = ({ own, isClosed }: { own: AnswerStage; isClosed: boolean }) => {
  if (own.stage === 'none') return null
  const mark = own.stage === 'marked' ? (own.isCorrect ? 'right' : 'wrong') : 'chosen'
  return (
    <p className="typed-tile" data-mark={mark}>
      {own.stage === 'sending' || (isClosed && own.stage === 'locked') ? (
        <span className="spinner" aria-hidden="true" />
      ) : (
        <Icon name={mark === 'right' ? 'check' : mark === 'wrong' ? 'cross' : 'lock'} size={22} />
      )}
      <span className="small">You wrote</span>
      <b dir="auto">{own.answer}</b>
    </p>
  )
}
