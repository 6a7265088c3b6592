/** Asks once more before answers are judged again, and says what will change. */
import { type FormEvent, useId, useState } from 'react'
import { ApiError, messageOf } from '../../api/error.ts'
import type { Correction, Key, Regrade } from '../../api/host.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { OptionBadge } from '../../components/option-badge.tsx'
import { type Effect, effectOf, type Judged } from '../../host/corrections.ts'
import { useHost } from '../../host/host-context.tsx'
import type { Tally } from '../../host/tally.ts'
import { codePoints, letterOf, plural } from '../../lib/text.ts'

export type Asked = { kind: 'accept' | 'reject'; answer: string } | { kind: 'key' }

export interface RegradeDialogProps {
  quizId: string
  question: Judged & { question_id: string; position: number }
  keyed: Key
  tally: Tally
  asked: Asked
  onClose: () => void
  onMade: (regrade: Regrade) => void
}

const ANSWER_LIMIT = 200

export const RegradeDialog = ({ quizId, question, keyed, tally, asked, onClose, onMade }: RegradeDialogProps) => {
  const { api } = useHost()
  const [answer, setAnswer] = useState(keyed.answer)
  const [keepsOld, setKeepsOld] = useState(false)
  const [problem, setProblem] = useState<string>()
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const next = question.options ? answer : answer.trim()
  const correction = correctionOf(asked, next, keepsOld ? keyed.answer : undefined)
  const isSame = asked.kind === 'key' && next === keyed.answer

  const change = (text: string) => {
    setAnswer(text)
    setProblem(undefined)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    const wrong = asked.kind === 'key' ? problemOf(next, isSame) : undefined
    setProblem(wrong)
    setFailure(undefined)
    if (wrong !== undefined) return
    setBusy(true)
    try {
      onMade(await api.regrade(quizId, question.question_id, correction))
    } catch (error) {
      setFailure(failureText(error))
      setBusy(false)
    }
  }

  return (
    <Dialog title={titleOf(asked, question.position)} onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        {asked.kind === 'key' && (
          <>
            {question.options ? (
              <OptionKeys options={question.options} value={answer} onChange={change} problem={problem} />
            ) : (
              <TextField
                label="Right answer"
                hint="Capitals, accents and outer punctuation do not matter."
                error={problem}
                value={answer}
                onChange={change}
              />
            )}
            {!isSame && (
              <label className="check">
                <input type="checkbox" checked={keepsOld} onChange={(event) => setKeepsOld(event.target.checked)} />
                <span>
                  <bdi>“{keyed.answer}”</bdi> stays right too
                </span>
              </label>
            )}
          </>
        )}
        {!isSame && next !== '' && (
          <p className="notice notice-gold" role="status">
            <Icon name="info" />
            <span>{effectText(effectOf(question, keyed, tally.groups, correction))}</span>
          </p>
        )}
        {failure !== undefined && (
          <p className="notice notice-wrong" role="alert">
            <Icon name="alert" />
            <span>{failure}</span>
          </p>
        )}
        <div className="row">
          <Button kind="primary" type="submit" busy={isBusy}>
            {ACTIONS[asked.kind]}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const ACTIONS = { accept: 'Accept it', reject: 'Reject it', key: 'Correct the key' } as const

const titleOf = (asked: Asked, position: number): string => {
  if (asked.kind === 'key') return `Correct the key of question ${position}`
  return `${asked.kind === 'accept' ? 'Accept' : 'Reject'} “${asked.answer}” in question ${position}?`
}

const correctionOf = (asked: Asked, answer: string, kept: string | undefined): Correction => {
  if (asked.kind === 'key') return { answer, ...(kept !== undefined && { accept: [kept] }) }
  return asked.kind === 'accept' ? { accept: [asked.answer] } : { reject: [asked.answer] }
}

const problemOf = (answer: string, isSame: boolean): string | undefined => {
  if (answer === '') return 'Type the right answer.'
  if (codePoints(answer) > ANSWER_LIMIT) return `An answer has at most ${ANSWER_LIMIT} characters.`
  return isSame ? 'This is the key already.' : undefined
}

const effectText = ({ toRight, toWrong }: Effect): string => {
  const changes = [
    toRight > 0 && `${plural(toRight, 'answer becomes', 'answers become')} right`,
    toWrong > 0 && `${plural(toWrong, 'answer becomes', 'answers become')} wrong`,
  ].filter((part) => part !== false)
  if (changes.length === 0) return 'Nobody’s points change: nobody answered so.'
  return `${changes.join(', ')}. Points and ranks follow at once, and those players are told that the teacher corrected them.`
}

/** The server’s own words, and those at the field. */
const failureText = (error: unknown): string => {
  if (!(error instanceof ApiError) || error.errors.length === 0) return messageOf(error)
  return [
    ...new Set(error.errors.map(({ detail, value }) => `${typeof value === 'string' ? `“${value}” ` : ''}${detail}.`)),
  ].join(' ')
}

interface OptionKeysProps {
  options: readonly string[]
  value: string
  onChange: (option: string) => void
  problem: string | undefined
}

const OptionKeys = ({ options, value, onChange, problem }: OptionKeysProps) => {
  const name = useId()
  return (
    <fieldset className="choice-set key-options" aria-describedby={problem && `${name}-problem`}>
      <legend>The right option</legend>
      {options.map((option, index) => (
        <label className={`choice hue-${index}`} key={option}>
          <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
          <span className="row">
            <OptionBadge index={index} />
            <span className="visually-hidden">{letterOf(index)}: </span>
            <span dir="auto">{option}</span>
          </span>
        </label>
      ))}
      {problem !== undefined && (
        <span className="field-error" id={`${name}-problem`} role="alert">
          <Icon name="alert" size={16} /> {problem}
        </span>
      )}
    </fieldset>
  )
}
