/** Records of a CSV text (RFC 4180), each with the line where it starts. */
import { CsvError, parse } from 'csv-parse/sync'
import type { CsvContent, CsvRecord, ImportProblem } from '../domain/deck-import.ts'

/** Each may mean reading all the rest again. */
const MALFORMED_MAX = 50

/** Line breaks may be CRLF, LF or CR; in fields they become LF. */
export const readCsv = (text: string): CsvContent => {
  const normalised = text.replace(/\r\n?/g, '\n')
  const records: CsvRecord[] = []
  const malformed: ImportProblem[] = []
  let offset = 0
  let row = 1
  while (offset < normalised.length) {
    const rest = readUntilMalformed(normalised.slice(offset), row, records)
    if (!rest) break
    malformed.push({ row: rest.row, detail: rest.detail })
    if (malformed.length === MALFORMED_MAX) {
      malformed.push({ row: rest.row, detail: 'too many rows are no CSV: what follows was not read' })
      break
    }
    for (; row <= rest.row; row++) {
      const end = normalised.indexOf('\n', offset)
      offset = end === -1 ? normalised.length : end + 1
    }
  }
  return { records, malformed }
}

/** Adds records of `text`, whose first line is `row`; gives where it stopped, if it did. */
const readUntilMalformed = (
  text: string,
  row: number,
  records: CsvRecord[],
): { row: number; detail: string } | undefined => {
  let start = row
  try {
    parse(text, {
      record_delimiter: '\n',
      relax_column_count: true,
      on_record: (cells: string[], { lines }) => {
        if (cells.length > 1 || cells[0] !== '') records.push({ row: start, cells })
        start = row + lines
        return null
      },
    })
    return undefined
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return { row: start, detail: REASONS[error.code] ?? 'is not a CSV record' }
  }
}

const REASONS: Partial<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quoted field that does not end',
  CSV_INVALID_CLOSING_QUOTE: 'has a quote within a quoted field: write it twice',
  INVALID_OPENING_QUOTE: 'has a quote within a field that is not quoted: quote the field and write the quote twice',
}
