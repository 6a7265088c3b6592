/** The editor: a title, the questions one below the other, one of them open at a time, and saving always in reach. */
import { useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { Heading } from '../../components/screen.tsx'
import { useToasts } from '../../components/toasts.tsx'
import type { DeckDraft } from '../../host/deck-draft.ts'
import { useHost } from '../../host/host-context.tsx'
import { useLeaveGuard } from '../../host/leave-guard.tsx'
import { useDeckEditor } from '../../host/use-deck-editor.ts'
import { plural } from '../../lib/text.ts'
import { QuestionRow } from './question-row.tsx'
import { StartDialog } from './start-dialog.tsx'

interface DeckEditorProps {
  initial: DeckDraft
  deckId: string | undefined
  onCreated: (deckId: string) => void
}

export const DeckEditor = ({ initial, deckId, onCreated }: DeckEditorProps) => {
  const { api } = useHost()
  const toasts = useToasts()
  const [, navigate] = useLocation()
  const editor = useDeckEditor(api, initial, deckId)
  const { draft, problems, isDirty } = editor
  const guard = useLeaveGuard(isDirty)
  const [isStarting, setStarting] = useState(false)
  const form = useFirstProblemFocused(problems)

  const save = async (thenStart: boolean) => {
    const id = isDirty || deckId === undefined ? await editor.save() : deckId
    if (id === undefined) return
    if (isDirty || deckId === undefined) toasts.say('Saved.')
    guard.setDirty(false)
    if (deckId === undefined) onCreated(id)
    if (thenStart && deckId !== undefined) setStarting(true)
    else if (thenStart) navigate('/host')
  }

  return (
    <div className="stack editor" ref={form}>
      <Heading about={`deck ${deckId}`}>{deckId === undefined ? 'New deck' : 'Edit the deck'}</Heading>
      {editor.wasRestored && isDirty && (
        <div className="notice notice-gold" role="status">
          <Icon name="info" />
          <span className="row spread">
            Your unsaved changes of last time are back.
            <Button onClick={editor.discard}>Discard them</Button>
          </span>
        </div>
      )}
      <TextField
        label="Title"
        error={problems.get('title')}
        value={draft.title}
        onChange={(text) => editor.change((now) => ({ ...now, title: text }), 'title')}
        placeholder="e.g. Unit 4: at the airport"
        large
      />
      <div className="row spread">
        <h2>{plural(draft.questions.length, 'question')}</h2>
        {problems.get('questions') && <span className="field-error">{problems.get('questions')}</span>}
      </div>
      <ol className="stack question-rows">
        {draft.questions.map((question, index) => (
          <QuestionRow
            key={question.key}
            question={question}
            index={index}
            isLast={index === draft.questions.length - 1}
            isOpen={question.key === editor.openKey}
            problems={problems}
            editor={editor}
          />
        ))}
      </ol>
      <Button icon="plus" large wide onClick={editor.addQuestion}>
        Add a question
      </Button>
      <div className="save-bar">
        <span className="small soft" role="status">
          {isDirty ? 'Not saved yet' : deckId === undefined ? '' : 'All saved'}
        </span>
        <div className="row">
          {deckId !== undefined && (
            <Button icon="play" onClick={() => void save(true)}>
              {isDirty ? 'Save and start a quiz' : 'Start a quiz'}
            </Button>
          )}
          <Button kind="primary" icon="check" busy={editor.isSaving} onClick={() => void save(false)}>
            Save the deck
          </Button>
        </div>
      </div>
      {isStarting && deckId !== undefined && (
        <StartDialog
          deck={{ deck_id: deckId, title: draft.title, question_count: draft.questions.length, updated_at: '' }}
          onClose={() => setStarting(false)}
        />
      )}
    </div>
  )
}

/** After a refused save the focus goes to the first field that has to be mended. */
const useFirstProblemFocused = (problems: ReadonlyMap<string, string>) => {
  const form = useRef<HTMLDivElement>(null)
  const count = useRef(0)
  useEffect(() => {
    const grew = problems.size > count.current
    count.current = problems.size
    if (!grew) return
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    field?.focus()
    field?.scrollIntoView({ block: 'center' })
  }, [problems])
  return form
}
