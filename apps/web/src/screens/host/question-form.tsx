/** The fields of one question. */
import { useId } from 'react'
import { Button } from '../../components/button.tsx'
import { Field, TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { OptionBadge } from '../../components/option-badge.tsx'
import { type DraftQuestion, isTypedType, OPTION_COUNT, withoutOption } from '../../host/deck-draft.ts'
import type { DeckProblems } from '../../host/deck-problems.ts'
import type { DeckEditorState } from '../../host/use-deck-editor.ts'
import { letterOf } from '../../lib/text.ts'

const ONE_A_LINE = 'One more spelling a line.'
const hasApostrophe = (text: string) => /['’]/.test(text)

interface QuestionFormProps {
  question: DraftQuestion
  problems: DeckProblems
  change: DeckEditorState['changeQuestion']
}

export const QuestionForm = ({ question, problems, change }: QuestionFormProps) => {
  const { key } = question
  const problem = (field: string) => problems.get(`${key}/${field}`)
  const isTyped = isTypedType(question.type)
  return (
    <div className="stack question-form">
      <fieldset className="segments">
        <legend className="visually-hidden">How it is answered</legend>
        <button type="button" aria-pressed={!isTyped} onClick={() => change(key, { type: 'choice' }, 'answer')}>
          Choose an option
        </button>
        <button type="button" aria-pressed={isTyped} onClick={() => change(key, { type: 'typed' }, 'answer')}>
          Type the answer
        </button>
      </fieldset>
      <Field label="Question" error={problem('prompt')}>
        {(field) => (
          <textarea
            {...field}
            className="input"
            rows={2}
            value={question.prompt}
            onChange={(event) => change(key, { prompt: event.target.value }, 'prompt')}
            placeholder="e.g. What does “ephemeral” mean?"
            dir="auto"
          />
        )}
      </Field>
      {isTyped ? (
        <TypedFields question={question} problem={problem} change={change} />
      ) : (
        <OptionFields question={question} problem={problem} change={change} />
      )}
      <div className="pair">
        <Field label="Points" error={problem('points')}>
          {(field) => (
            <input
              {...field}
              className="input digits"
              inputMode="numeric"
              value={question.points}
              onChange={(event) => change(key, { points: event.target.value }, 'points')}
            />
          )}
        </Field>
        <Field label="Seconds to answer" hint="Empty: no limit" error={problem('time_limit_ms')}>
          {(field) => (
            <input
              {...field}
              className="input digits"
              inputMode="decimal"
              value={question.limit}
              onChange={(event) => change(key, { limit: event.target.value }, 'time_limit_ms')}
            />
          )}
        </Field>
      </div>
    </div>
  )
}

interface FieldsProps {
  question: DraftQuestion
  problem: (field: string) => string | undefined
  change: DeckEditorState['changeQuestion']
}

const OptionFields = ({ question, problem, change }: FieldsProps) => {
  const { key, options, right } = question
  const name = useId()
  const unmarked = problem('answer')
  const setOption = (index: number, text: string) =>
    change(key, { options: options.map((option, each) => (each === index ? text : option)) }, `options/${index}`)
  return (
    <fieldset className="option-fields">
      <legend className="field-label">Options; mark the right one</legend>
      {options.map((option, index) => {
        const letter = letterOf(index)
        const error = problem(`options/${index}`)
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place.
          <div className={`option-field hue-${index}`} key={index} data-right={index === right}>
            <OptionBadge index={index} />
            <TextField
              label={`Option ${letter}`}
              labelHidden
              error={error}
              value={option}
              onChange={(text) => setOption(index, text)}
              placeholder={`Option ${letter}`}
            />
            <label className="right-mark">
              <input
                type="radio"
                name={name}
                checked={index === right}
                onChange={() => change(key, { right: index }, 'answer')}
                aria-invalid={unmarked !== undefined && index === 0 ? true : undefined}
              />
              <span>
                <Icon name="check" size={18} />
                <span className="right-word">Right</span>
                <span className="visually-hidden">: option {letter}</span>
              </span>
            </label>
            <Button
              kind="quiet"
              icon="cross"
              aria-label={`Remove option ${letter}`}
              disabled={options.length <= OPTION_COUNT.min}
              onClick={() => change(key, withoutOption(question, index), `options/${index}`)}
            />
          </div>
        )
      })}
      {unmarked !== undefined && (
        <span className="field-error">
          <Icon name="alert" size={16} /> {unmarked}
        </span>
      )}
      {problem('options') !== undefined && <span className="field-error">{problem('options')}</span>}
      {options.length < OPTION_COUNT.max && (
        <div>
          <Button kind="quiet" icon="plus" onClick={() => change(key, { options: [...options, ''] }, 'options')}>
            Add an option
          </Button>
        </div>
      )}
    </fieldset>
  )
}

const TypedFields = ({ question, problem, change }: FieldsProps) => (
  <div className="pair">
    <TextField
      label="Right answer"
      error={problem('answer')}
      hint="Capitals, accents and outer punctuation do not matter."
      value={question.answer}
      onChange={(text) => change(question.key, { answer: text }, 'answer')}
    />
    <Field
      label="Also right"
      error={problem('accept')}
      hint={
        hasApostrophe(question.answer) ? `${ONE_A_LINE} Phones may write ’ for ': add it that way too.` : ONE_A_LINE
      }
    >
      {(field) => (
        <textarea
          {...field}
          className="input"
          rows={2}
          value={question.accept}
          onChange={(event) => change(question.key, { accept: event.target.value }, 'accept')}
          dir="auto"
        />
      )}
    </Field>
  </div>
)
