/** A deck out of a CSV file: what is good comes in, what is not is told by row. */
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { ApiError, messageOf } from '../../api/error.ts'
import type { ImportError } from '../../api/host.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field, TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { useHost } from '../../host/host-context.tsx'
import { csvLine } from '../../lib/csv.ts'
import { downloadCsv } from '../../lib/download.ts'
import { plural } from '../../lib/text.ts'

const EXAMPLE = [
  csvLine(['type', 'prompt', 'answer', 'options', 'points', 'time_limit_ms']),
  csvLine(['choice', 'What is the opposite of “scarce”?', 'abundant', 'abundant|sparse|scattered|scary', 1000, 20_000]),
  csvLine(['typed', 'Which single word means a period of ten years?', 'decade', '', 1000, 30_000]),
]

export const ImportDialog = ({ onClose }: { onClose: () => void }) => {
  const { api } = useHost()
  const [, navigate] = useLocation()
  const [title, setTitle] = useState('')
  const [csv, setCsv] = useState('')
  const [failure, setFailure] = useState<string>()
  const [rows, setRows] = useState<readonly ImportError[]>([])
  const [done, setDone] = useState<{ deckId: string; count: number }>()
  const [isBusy, setBusy] = useState(false)

  const takeFile = async (file: File | undefined) => {
    if (!file) return
    setCsv(decode(await file.arrayBuffer()))
    if (title === '') setTitle(file.name.replace(/\.[^.]*$/, '').slice(0, 100))
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setRows([])
    if (csv.trim() === '') return setFailure('Choose a file, or paste its text.')
    setFailure(undefined)
    setBusy(true)
    try {
      const deck = await api.importDeck(title.trim() || 'Imported deck', csv)
      setRows(deck.errors)
      setDone({ deckId: deck.deck_id, count: deck.questions.length })
      if (deck.errors.length === 0) navigate(`/host/decks/${encodeURIComponent(deck.deck_id)}`)
    } catch (error) {
      setRows(error instanceof ApiError ? rowErrors(error.body) : [])
      setFailure(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  if (done) {
    return (
      <Dialog title={`${plural(done.count, 'question')} imported`} onClose={onClose}>
        <p>{plural(rows.length, 'row')} could not be used:</p>
        <RowErrors rows={rows} />
        <div className="row">
          <Button kind="primary" onClick={() => navigate(`/host/decks/${encodeURIComponent(done.deckId)}`)}>
            Go to the deck
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog title="Import a deck from CSV" onClose={onClose}>
      <form className="stack" onSubmit={submit} noValidate>
        <p className="small soft">
          The first line names the columns: <code>type,prompt,answer,options,points,time_limit_ms</code>, in any order.
          Options are joined by <code>|</code>.
        </p>
        <TextField label="Title" value={title} onChange={setTitle} />
        <Field label="CSV file">
          {(field) => (
            <input
              {...field}
              className="input"
              type="file"
              accept=".csv,text/csv,text/plain"
              onChange={(event) => void takeFile(event.target.files?.[0])}
            />
          )}
        </Field>
        <Field label="or its text" error={failure}>
          {(field) => (
            <textarea
              {...field}
              className="input import-text"
              rows={6}
              value={csv}
              onChange={(event) => setCsv(event.target.value)}
              spellCheck={false}
            />
          )}
        </Field>
        <RowErrors rows={rows} />
        <div className="row">
          <Button kind="primary" type="submit" icon="upload" busy={isBusy}>
            Import
          </Button>
          <Button icon="download" onClick={() => downloadCsv('example-deck.csv', EXAMPLE)}>
            Example file
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

const MOST_ROWS = 50

const RowErrors = ({ rows }: { rows: readonly ImportError[] }) => {
  if (rows.length === 0) return null
  return (
    <ul className="stack row-errors" role="status">
      {rows.slice(0, MOST_ROWS).map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes; a row may have several problems.
        <li className="notice notice-wrong" key={index}>
          <Icon name="alert" />
          <span>
            <b>
              Row {row.row}
              {row.column !== undefined && `, ${row.column}`}
            </b>
            : {row.detail}
            {typeof row.value === 'string' && row.value !== '' && ` (“${row.value}”)`}
          </span>
        </li>
      ))}
      {rows.length > MOST_ROWS && <li>and {plural(rows.length - MOST_ROWS, 'more problem')}</li>}
    </ul>
  )
}

const rowErrors = (body: unknown): ImportError[] => {
  const errors = (body as { errors?: unknown } | undefined)?.errors
  return Array.isArray(errors) ? errors.filter((error) => typeof error?.row === 'number') : []
}

/** UTF-8, or what older spreadsheets write on Western systems. */
const decode = (bytes: ArrayBuffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
