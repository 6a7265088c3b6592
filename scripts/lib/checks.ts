/** The static checks: what `npm run lint` and the first tier of `npm test` run. */
import { runNode } from './run.ts'

export interface Check {
  name: string
  /** What to do about a failure. */
  hint: string
  /** A script and its arguments, for Node. */
  args: readonly string[]
}

const bin = (path: string) => `node_modules/${path}`

export const TYPE_CHECKS: readonly Check[] = [
  {
    name: 'types of the services, tools and tests',
    hint: 'npm run typecheck',
    args: [bin('typescript/bin/tsc'), '-p', '.'],
  },
  { name: 'types of the web pages', hint: 'npm run typecheck', args: [bin('typescript/bin/tsc'), '-p', 'apps/web'] },
]

export const CHECKS: readonly Check[] = [
  {
    name: 'format and lint',
    hint: 'npm run format',
    args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings'],
  },
  ...TYPE_CHECKS,
  {
    name: 'import directions',
    hint: 'the rules stand in .dependency-cruiser.cjs',
    args: [
      bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
      'apps',
      'cdk8s',
      'observability',
      '--config',
      '.dependency-cruiser.cjs',
    ],
  },
  {
    name: 'unused files, exports and packages',
    hint: 'the entry points stand in knip.json',
    args: [bin('knip/bin/knip.js'), '--no-progress'],
  },
  {
    name: 'Kubernetes manifests, rules and dashboards are up to date',
    hint: 'npm run synth',
    args: ['scripts/commands/synth.ts', '--check'],
  },
  {
    name: 'API documents and the page of the metrics are up to date',
    hint: 'npm run docs',
    args: ['scripts/commands/docs.ts', '--check'],
  },
  {
    name: 'licence notices are up to date',
    hint: 'node scripts/run.mjs notices',
    args: ['scripts/commands/notices.ts', '--check'],
  },
  {
    name: 'lock file is whole',
    hint: 'node scripts/run.mjs lockfile',
    args: ['scripts/commands/lockfile.ts', '--check'],
  },
]

/** Runs the checks one after the other, shows what failed, and counts. */
export const runChecks = async (checks: readonly Check[]): Promise<{ passed: number; failed: number }> => {
  let failed = 0
  for (const check of checks) {
    const started = Date.now()
    const { code, output, timedOut } = await runNode(check.args, { capture: true, limitMs: 300_000 })
    const seconds = ((Date.now() - started) / 1000).toFixed(1)
    if (code === 0 && !timedOut) {
      console.log(`✓ ${check.name} (${seconds} s)`)
      continue
    }
    failed++
    console.log(
      `✗ ${check.name} (${seconds} s)${timedOut ? ': took too long' : ''}\n\n${output.trimEnd()}\n\n  → ${check.hint}\n`,
    )
  }
  return { passed: checks.length - failed, failed }
}
