/** One question of the deck: a line with its number and prompt, or opened, all of its fields. */
import { memo } from 'react'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { type DraftQuestion, isTypedType } from '../../host/deck-draft.ts'
import type { DeckProblems } from '../../host/deck-problems.ts'
import type { DeckEditorState } from '../../host/use-deck-editor.ts'
import { QuestionForm } from './question-form.tsx'

interface QuestionRowProps {
  question: DraftQuestion
  index: number
  isLast: boolean
  isOpen: boolean
  problems: DeckProblems
  editor: DeckEditorState
}

export const QuestionRow = memo(
  ({ question, index, isLast, isOpen, problems, editor }: QuestionRowProps) => {
    const { key } = question
    const hasProblem = hasProblems(problems, key)
    const answer = isTypedType(question.type) ? question.answer : question.options[question.right]
    return (
      <li className="question-row" data-open={isOpen} data-problem={hasProblem}>
        <div className="question-line">
          <button
            type="button"
            className="question-toggle"
            aria-expanded={isOpen}
            onClick={() => editor.setOpenKey(isOpen ? undefined : key)}
          >
            <span className="question-number digits">{index + 1}</span>
            <span className="question-summary">
              <span className="name" dir="auto">
                {question.prompt.trim() || <span className="soft">New question</span>}
              </span>
              {!isOpen && answer?.trim() && (
                <span className="name small soft" dir="auto">
                  {answer}
                </span>
              )}
            </span>
            {hasProblem && (
              <span className="field-error">
                <Icon name="alert" size={18} />
                <span className="visually-hidden">has problems</span>
              </span>
            )}
          </button>
          <div className="question-tools">
            <Button
              kind="quiet"
              icon="up"
              aria-label={`Move question ${index + 1} up`}
              disabled={index === 0}
              onClick={() => editor.move(key, -1)}
            />
            <Button
              kind="quiet"
              icon="down"
              aria-label={`Move question ${index + 1} down`}
              disabled={isLast}
              onClick={() => editor.move(key, 1)}
            />
            <Button
              kind="quiet"
              icon="copy"
              aria-label={`Duplicate question ${index + 1}`}
              onClick={() => editor.duplicate(key)}
            />
            <Button
              kind="quiet"
              icon="trash"
              aria-label={`Delete question ${index + 1}`}
              onClick={() => editor.remove(key)}
            />
          </div>
        </div>
        {isOpen && <QuestionForm question={question} problems={problems} change={editor.changeQuestion} />}
      </li>
    )
  },
  // A deck may have 500 questions: a key stroke in one of them draws that one alone.
  (before, after) =>
    before.question === after.question &&
    before.index === after.index &&
    before.isLast === after.isLast &&
    before.isOpen === after.isOpen &&
    before.editor.move === after.editor.move &&
    (before.problems === after.problems ||
      (!hasProblems(before.problems, after.question.key) && !hasProblems(after.problems, after.question.key))),
)

const hasProblems = (problems: DeckProblems, key: string): boolean => {
  for (const field of problems.keys()) if (field.startsWith(`${key}/`)) return true
  return false
}
