/** The settings of a quiz, chosen when it is made: how points are given, when the answer is shown, whether it may be changed. */
import type { FeedbackMode, ReanswerMode, ScoringMode } from '@quizboard/shared/contracts/rest.ts'
import { type FormEvent, useId, useState } from 'react'
import { useLocation } from 'wouter'
import type { DeckSummary } from '../../api/host.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { TextField } from '../../components/field.tsx'
import { useToasts } from '../../components/toasts.tsx'
import { useHost } from '../../host/host-context.tsx'
import { codePoints, plural } from '../../lib/text.ts'

interface Choice<T> {
  value: T
  name: string
  what: string
}

const SCORING: readonly Choice<ScoringMode>[] = [
  { value: 'accuracy', name: 'Right or wrong', what: 'Every right answer gets the full points.' },
  { value: 'speed', name: 'Speed', what: 'The sooner the better: half of the points go with the time.' },
  { value: 'streak', name: 'Streak', what: 'Right answers in a row get more, up to half as much again.' },
]
const FEEDBACK: readonly Choice<FeedbackMode>[] = [
  { value: 'instant', name: 'At once', what: 'Players see right or wrong as they answer.' },
  { value: 'reveal', name: 'At the reveal', what: 'Nobody knows until you reveal the answer.' },
]
const REANSWER: readonly Choice<ReanswerMode>[] = [
  { value: 'allowed', name: 'May change', what: 'The last answer before the close counts.' },
  { value: 'never', name: 'First one counts', what: 'One answer a question, no way back.' },
]
const TITLE_LIMIT = 100

export const StartDialog = ({ deck, onClose }: { deck: DeckSummary; onClose: () => void }) => {
  const { api } = useHost()
  const toasts = useToasts()
  const [, navigate] = useLocation()
  const [title, setTitle] = useState(deck.title)
  const [scoring, setScoring] = useState<ScoringMode>('speed')
  const [feedback, setFeedback] = useState<FeedbackMode>('reveal')
  const [reanswer, setReanswer] = useState<ReanswerMode>('allowed')
  const [isBusy, setBusy] = useState(false)
  const tooLong = codePoints(title.trim()) > TITLE_LIMIT

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy || tooLong) return
    setBusy(true)
    try {
      const named = title.trim()
      const quiz = await api.createQuiz({
        deck_id: deck.deck_id,
        ...(named !== '' && { title: named }),
        scoring,
        feedback,
        reanswer,
      })
      // If only this second step fails, the quiz's own page offers it again.
      await api.move(quiz.quiz_id, 'open').catch((error: unknown) => toasts.fail(error))
      navigate(`/host/quizzes/${encodeURIComponent(quiz.quiz_id)}`)
    } catch (error) {
      toasts.fail(error)
      setBusy(false)
    }
  }

  return (
    <Dialog title="Start a quiz" onClose={onClose}>
      <form className="stack start-form" onSubmit={submit} noValidate>
        <TextField
          label="Title for the players"
          hint={`From the deck “${deck.title}”, ${plural(deck.question_count, 'question')}`}
          error={tooLong ? `At most ${TITLE_LIMIT} characters.` : undefined}
          value={title}
          onChange={setTitle}
        />
        <ChoiceSet legend="Points" choices={SCORING} value={scoring} onChange={setScoring} />
        <ChoiceSet legend="Right or wrong is shown" choices={FEEDBACK} value={feedback} onChange={setFeedback} />
        <ChoiceSet legend="Answers" choices={REANSWER} value={reanswer} onChange={setReanswer} />
        <div className="row">
          <Button kind="primary" type="submit" large busy={isBusy}>
            Open the lobby
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

interface ChoiceSetProps<T extends string> {
  legend: string
  choices: readonly Choice<T>[]
  value: T
  onChange: (value: T) => void
}

const ChoiceSet = <T extends string>({ legend, choices, value, onChange }: ChoiceSetProps<T>) => {
  const name = useId()
  return (
    <fieldset className="choice-set">
      <legend>{legend}</legend>
      {choices.map((choice) => (
        <label className="choice" key={choice.value}>
          <input type="radio" name={name} checked={choice.value === value} onChange={() => onChange(choice.value)} />
          <b>{choice.name}</b>
          <small>{choice.what}</small>
        </label>
      ))}
    </fieldset>
  )
}
