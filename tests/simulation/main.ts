/** `node tests/simulation/main.ts --seeds 1000 --from 1`, or `--seed 42 --trace` to look into one run. */
import { parseArgs } from 'node:util'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
})

const whole = (name: string, text: string): number => {
  const number = Number(text)
  if (!/^\d{1,10}$/.test(text)) throw new Error(`--${name} must be a whole number, not "${text}"`)
  return number
}

const run = async (): Promise<number> => {
  const single = values.seed === undefined ? undefined : whole('seed', values.seed)
  const from = single ?? whole('from', values.from)
  const count = single === undefined ? whole('seeds', values.seeds) : 1
  const print = values.trace ? (line: string) => console.log(line.trimEnd()) : undefined
  const began = performance.now()
  const totals = { steps: 0, accepted: 0, crashes: 0 }
  let failed = 0
  for (let seed = from; seed < from + count; seed++) {
    const report = await simulate({ seed, ...(print && { print }) })
    totals.steps += report.steps
    totals.accepted += report.accepted
    totals.crashes += report.crashes
    if (single !== undefined) console.log(`trace ${report.traceHash}`)
    if (report.violations.length === 0) continue
    failed++
    console.log(`seed ${seed} fails (npm run simulate -- --seed ${seed} --trace):`)
    const shown = single === undefined ? report.violations.slice(0, 1) : report.violations
    for (const violation of shown) console.log(`  ${violation.slice(0, 2_000)}`)
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  const { steps, accepted, crashes } = totals
  console.log(
    `${count} seeds, ${failed} failed, ${seconds} s: ${steps} events, ${accepted} answers acknowledged, ${crashes} crashes`,
  )
  return failed
}

process.exitCode = (await run()) > 0 ? 1 : 0
