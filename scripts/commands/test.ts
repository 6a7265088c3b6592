/**
 * `npm test [-- tier… [file filter…]]`: runs every tier that the machine can run, and ends with one table and one line of
 * counts. Whatever was asked for by name, and in CI (CI=true) every tier, must run: else it has failed.
 */
import { runNode } from '../lib/run.ts'
import { type Line, printSummary } from '../lib/summary.ts'
import { TIERS, type Tier } from '../lib/tiers.ts'

const isTier = (name: string) => TIERS.some((tier) => tier.name === name)

/** `unit e2e` or `unit ranking.test.ts`: tiers first; filters only with one tier. */
const parseArguments = (args: readonly string[]) => {
  const end = args.findIndex((arg) => !isTier(arg))
  const names = end === -1 ? args : args.slice(0, end)
  const filters = end === -1 ? [] : args.slice(end)
  if (filters.length > 0 && names.length !== 1) {
    console.error(`There is no tier "${filters[0]}". There are: ${TIERS.map(({ name }) => name).join(', ')}.`)
    process.exit(2)
  }
  return { names, filters }
}

const runTier = async (tier: Tier, required: boolean, filters: readonly string[]): Promise<Line> => {
  const missing = tier.missing()
  const nothing = { passed: 0, failed: 0, skipped: 0, seconds: 0 }
  if (missing !== undefined)
    return { ...nothing, failed: required ? 1 : 0, tier, result: required ? 'failed' : 'did not run', why: missing }
  console.log(`\n━━ ${tier.name}: ${tier.about}`)
  const started = Date.now()
  const counts = await tier.run(filters)
  const seconds = (Date.now() - started) / 1000
  if (counts.passed + counts.failed === 0)
    return { ...counts, failed: 1, seconds, tier, result: 'failed', why: 'found no test to run' }
  return { ...counts, seconds, tier, result: counts.failed > 0 ? 'failed' : 'ran', why: '' }
}

const { names, filters } = parseArguments(process.argv.slice(2))
const inCi = process.env.CI === 'true'
const chosen = names.length > 0 ? TIERS.filter(({ name }) => names.includes(name)) : TIERS
if (chosen.some(({ name }) => name === 'e2e' || name === 'browser')) {
  const { code } = await runNode(['scripts/commands/build.ts', '--quiet'])
  if (code !== 0) process.exit(code)
}
const lines: Line[] = []
for (const tier of chosen) lines.push(await runTier(tier, inCi || names.length > 0, filters))
printSummary(lines)
if (lines.some(({ result }) => result === 'failed')) process.exitCode = 1
