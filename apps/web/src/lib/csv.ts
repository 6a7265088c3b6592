/** CSV (RFC 4180) that spreadsheets open as text. */

/** A cell that starts like a formula would be run by a spreadsheet: names and answers are written by strangers. */
const FORMULA = /^[=+\-@\t\r]/

const cellOf = (value: string | number | undefined): string => {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export type Cell = string | number | undefined

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellOf).join(',')}\r\n`

/** A file name out of a title: letters and digits of any script. */
export const fileName = (title: string, extension: string): string => {
  const stem = title
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
  return `${stem || 'quiz'}.${extension}`
}
