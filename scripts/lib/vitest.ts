import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { QUIET_KAFKAJS, root, runNode } from './run.ts'
import type { Counts } from './tiers.ts'

/** The part of vitest's JSON report that we read. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: unknown[] }[]
}

/** Runs one project of vitest.config.ts, showing its output. A file that does not load, or a run without a report, is a failure. */
export const runVitest = async (
  project: string,
  filters: readonly string[],
  { limitMs, env }: { limitMs: number; env: Record<string, string> },
): Promise<Counts> => {
  const folder = join(root, 'test-results')
  const file = join(folder, `${project}.json`)
  mkdirSync(folder, { recursive: true })
  rmSync(file, { force: true })
  const { code, timedOut } = await runNode(
    [
      '--disable-warning=ExperimentalWarning',
      QUIET_KAFKAJS,
      'node_modules/vitest/vitest.mjs',
      'run',
      ...['--project', project, '--passWithNoTests'],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      ...filters,
    ],
    { limitMs, env },
  )
  if (timedOut) console.error(`The ${project} tests took longer than ${limitMs / 60_000} minutes and were stopped.`)
  const counts = readReport(file)
  // Errors outside of tests (an unhandled rejection, a crash) show in the exit code alone.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

const readReport = (file: string): Counts => {
  let report: Report
  try {
    report = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
  const filesThatDidNotLoad = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + filesThatDidNotLoad,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
