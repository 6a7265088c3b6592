import type { Counts, Tier } from './tiers.ts'

export interface Line extends Counts {
  tier: Tier
  result: 'ran' | 'failed' | 'did not run'
  why: string
  seconds: number
}

/** One table of all tiers, then the counts, alone on the last line. */
export const printSummary = (lines: readonly Line[]): void => {
  const rows = lines.map(({ tier, result, passed, failed, skipped, seconds, why }) =>
    result === 'did not run'
      ? [tier.name, result, '', '', '', '', why]
      : [tier.name, result, String(passed), String(failed), String(skipped), seconds.toFixed(1), why],
  )
  const table = [['tier', 'result', 'passed', 'failed', 'skipped', 'seconds', ''], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  const isNumber = (column: number) => column >= 2 && column <= 5
  console.log()
  for (const row of table)
    console.log(
      row
        .map((cell, column) =>
          isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
  const sum = (count: keyof Counts) => lines.reduce((total, line) => total + line[count], 0)
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
}
