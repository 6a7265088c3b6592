/** Records of a CSV text (RFC 4180), each with the line where it starts. */
import { CsvError, parse } from 'csv-parse/sync'
import type { CsvContent, CsvRecord, ImportProblem } from '../app/deck-import.ts'

/** A deck is smaller: nobody should wait for what will not be taken. */
const RECORDS_MAX = 1_000
const MALFORMED_MAX = 50
/** Where a quote does not end, reading stops here and not at the end of the text. */
const RECORD_CHARACTERS_MAX = 20_000

/** Line breaks may be CRLF, LF or CR; in fields they become LF. */
export const readCsv = (text: string): CsvContent => {
  const lines = createLines(text.replace(/\r\n?/g, '\n'))
  const records: CsvRecord[] = []
  const malformed: ImportProblem[] = []
  for (;;) {
    const stopped = readRecords(lines, records)
    if (!stopped) return { records, malformed }
    malformed.push({ row: lines.row, detail: stopped.detail })
    if (malformed.length >= MALFORMED_MAX)
      malformed.push({ row: lines.row, detail: 'too many rows are no CSV: what follows was not read' })
    if (stopped.forGood || malformed.length >= MALFORMED_MAX) return { records, malformed }
    lines.skip(1)
  }
}

/** A place in a text: always at the start of a line that is not empty. */
const createLines = (text: string) => {
  const lines = {
    /** Of the line here, from 1. */
    row: 1,
    offset: 0,
    rest: () => text.slice(lines.offset),
    skip(count: number) {
      for (let i = 0; i < count; i++) {
        const end = text.indexOf('\n', lines.offset)
        lines.offset = end === -1 ? text.length : end + 1
        lines.row++
      }
      while (text[lines.offset] === '\n') {
        lines.offset++
        lines.row++
      }
    },
  }
  lines.skip(0)
  return lines
}
type Lines = ReturnType<typeof createLines>

/** Reads on from `lines`, which it takes along. Undefined: to the end; else it stands where it stopped. */
const readRecords = (lines: Lines, records: CsvRecord[]): { detail: string; forGood: boolean } | undefined => {
  const above = lines.row - 1
  let isFull = false
  try {
    parse(lines.rest(), {
      record_delimiter: '\n',
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: RECORD_CHARACTERS_MAX,
      on_record: (cells: string[], info) => {
        isFull = records.length >= RECORDS_MAX
        if (isFull) throw new Error('enough')
        const isBlank = cells.length === 1 && cells[0]?.trim() === ''
        if (!isBlank) records.push({ row: lines.row, cells })
        // `info.lines`: the last line of the record, from where this reading began.
        lines.skip(above + info.lines - lines.row + 1)
        return null
      },
    })
    return undefined
  } catch (error) {
    if (isFull) return { detail: `a table has at most ${RECORDS_MAX} rows: what follows was not read`, forGood: true }
    if (!(error instanceof CsvError)) throw error
    return { detail: REASONS[error.code] ?? 'is not a CSV record', forGood: false }
  }
}

const REASONS: Partial<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: 'is too long, or has a quoted field that does not end',
  CSV_QUOTE_NOT_CLOSED: 'has a quoted field that does not end',
  CSV_INVALID_CLOSING_QUOTE: 'has a quote within a quoted field: write it twice',
  INVALID_OPENING_QUOTE: 'has a quote within a field that is not quoted: quote the field and write the quote twice',
}
