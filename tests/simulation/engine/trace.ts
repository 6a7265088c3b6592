/** What happened, line by line: a hash to compare runs by, and the lines for whoever looks into one. */
import { createHash } from 'node:crypto'

export interface Trace {
  add(line: string): void
  /** Of all lines so far. */
  hash(): string
  readonly lines: number
}

export const createTrace = (print?: (line: string) => void): Trace => {
  const hash = createHash('sha256')
  let lines = 0
  return {
    add(line) {
      lines++
      hash.update(line).update('\n')
      print?.(line)
    },
    hash: () => hash.copy().digest('hex').slice(0, 16),
    get lines() {
      return lines
    },
  }
}
