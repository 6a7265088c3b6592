/** A deck out of a table: each record is judged by itself, so that one typing error does not cost the other rows. */
import { LIMITS } from '@quizboard/shared/contracts/rest.ts'
import { checkBody } from '@quizboard/shared/http/validate.ts'
import { shownValue } from '@quizboard/shared/kit/print-value.ts'
import { type NewQuestion, newQuestion } from '../domain/deck.ts'

/** What is wrong with a record; `row`: the line where it starts, the header's is 1. */
export interface ImportProblem {
  row: number
  column?: string
  detail: string
  value?: unknown
}

export interface CsvRecord {
  row: number
  cells: readonly string[]
}

/** A text as a reader understood it. */
export interface CsvContent {
  /** The header first; without empty lines. */
  records: CsvRecord[]
  /** Of records that are no CSV; reading goes on in the line below the one where they start. */
  malformed: ImportProblem[]
}

export interface Imported {
  questions: NewQuestion[]
  /** By row. */
  errors: ImportProblem[]
}

const COLUMNS = ['type', 'prompt', 'answer', 'options', 'points', 'time_limit_ms'] as const
type Column = (typeof COLUMNS)[number]
const REQUIRED: readonly Column[] = ['type', 'prompt', 'answer']
const isColumn = (name: string): name is Column => (COLUMNS as readonly string[]).includes(name)

/** More are counted, not listed. */
const ERRORS_MAX = 1_000

export const importQuestions = ({ records, malformed }: CsvContent): Imported => {
  const [header, ...rows] = records
  if (!header) return { questions: [], errors: listed([...malformed, { row: 1, detail: 'there is no header' }]) }
  const { places, errors, usable } = readHeader(header)
  errors.push(...malformed)
  const questions: NewQuestion[] = []
  if (usable) {
    for (const record of rows) {
      const result = toQuestion(record, places, header.cells.length)
      if (!result.ok) errors.push(...result.errors)
      else if (questions.length < LIMITS.questions) questions.push(result.question)
      else errors.push({ row: record.row, detail: `a deck has at most ${LIMITS.questions} questions` })
    }
    if (rows.length === 0) errors.push({ row: header.row, detail: 'there is no row below the header' })
  }
  return { questions, errors: listed(errors) }
}

const listed = (errors: ImportProblem[]): ImportProblem[] => {
  const sorted = errors.sort((a, b) => a.row - b.row)
  const shown = sorted.slice(0, ERRORS_MAX)
  const next = sorted[ERRORS_MAX]
  if (next) shown.push({ row: next.row, detail: `and ${sorted.length - ERRORS_MAX} more problems from here on` })
  return shown
}

const problem = (row: number, column: string, detail: string, value: string): ImportProblem => ({
  row,
  column: String(shownValue(column)),
  detail,
  ...(value !== '' && { value: shownValue(value) }),
})

const readHeader = ({ row, cells }: CsvRecord) => {
  const places = new Map<Column, number>()
  const errors: ImportProblem[] = []
  let usable = true
  cells.forEach((cell, place) => {
    const name = cell.trim().toLowerCase()
    if (!isColumn(name)) errors.push(problem(row, cell, 'is not a known column; it is passed over', ''))
    else if (places.has(name)) {
      errors.push(problem(row, cell, 'is there twice', ''))
      usable = false
    } else places.set(name, place)
  })
  for (const name of REQUIRED) {
    if (places.has(name)) continue
    errors.push(problem(row, name, 'is missing in the header', ''))
    usable = false
  }
  return { places, errors, usable }
}

type Result = { ok: true; question: NewQuestion } | { ok: false; errors: ImportProblem[] }

const toQuestion = ({ row, cells }: CsvRecord, places: ReadonlyMap<Column, number>, width: number): Result => {
  if (cells.length !== width)
    return { ok: false, errors: [{ row, detail: `has ${cells.length} fields, the header has ${width}` }] }
  const cell = (column: Column) => cells[places.get(column) ?? -1] ?? ''
  const errors: ImportProblem[] = []
  const integer = (column: Column): number | undefined => {
    const text = cell(column).trim()
    if (text === '') return undefined
    if (/^-?\d{1,15}$/.test(text)) return Number(text)
    errors.push(problem(row, column, 'must be a whole number', cell(column)))
    return undefined
  }
  const points = integer('points')
  const limit = integer('time_limit_ms')
  const written = {
    type: cell('type').trim(),
    prompt: cell('prompt'),
    answer: cell('answer'),
    ...(cell('options') !== '' && { options: cell('options').split('|') }),
    ...(points !== undefined && { points }),
    ...(limit !== undefined && { time_limit_ms: limit }),
  }
  const checked = checkBody(newQuestion, written)
  if (checked.ok && errors.length === 0) return { ok: true, question: checked.value }
  if (!checked.ok)
    for (const { pointer = '', detail, value } of checked.errors) {
      const column = pointer.split('/')[1] ?? ''
      errors.push({ row, ...(column && { column }), detail, ...(value !== undefined && { value }) })
    }
  return { ok: false, errors }
}
