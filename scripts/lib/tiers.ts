/** The tiers of `npm test`: what each needs of the machine, and how it is run. */
import { existsSync } from 'node:fs'
import { CHECKS, runChecks } from './checks.ts'
import { findHelms, NO_HELM } from './helms.ts'
import { findPrometheus, findPromtool } from './programs.ts'
import { runVitest } from './vitest.ts'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export interface Tier {
  name: string
  /** What it holds, in a few words. */
  about: string
  /** Why this machine cannot run it; undefined: it can. */
  missing(): string | undefined
  run(filters: readonly string[]): Promise<Counts>
}

const CHROMES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The browser for the browser tests: CHROME_PATH, or one in a usual place. */
const findChrome = () =>
  (process.env.CHROME_PATH ? [process.env.CHROME_PATH] : CHROMES).find((path) => existsSync(path))

const nothingMissing = () => undefined
const vitest = (
  name: string,
  about: string,
  minutes: number,
  missing: () => string | undefined = nothingMissing,
): Tier => ({
  name,
  about,
  missing,
  run: (filters) => {
    const chrome = findChrome()
    return runVitest(name, filters, { limitMs: minutes * 60_000, env: chrome ? { CHROME_PATH: chrome } : {} })
  },
})

const noServers = () => {
  const unset = ['KAFKA_BROKERS', 'MONGODB_URL', 'POSTGRES_URL'].filter((name) => !process.env[name])
  return unset.length === 0 ? undefined : `not set: ${unset.join(', ')}; they name servers for tests`
}

export const TIERS: readonly Tier[] = [
  {
    name: 'static',
    about: 'format, lint, types, import directions, documents',
    missing: nothingMissing,
    run: async () => ({ ...(await runChecks(CHECKS)), skipped: 0 }),
  },
  vitest('unit', 'one piece at a time', 5),
  vitest('contract', 'every adapter keeps its port’s promises', 10),
  vitest('simulation', 'seeded crashes, repeats and delays', 15),
  vitest('e2e', 'the whole product, by REST and WebSocket', 15),
  vitest('browser', 'the web pages in a real browser', 15, () =>
    findChrome() ? undefined : 'no Chromium found: install it (Debian: apt-get install chromium), or set CHROME_PATH',
  ),
  vitest('servers', 'the adapters on real servers', 10, noServers),
  vitest('charts', 'the Helm chart, rendered', 10, () => (findHelms().length > 0 ? undefined : NO_HELM)),
  vitest('faults', 'load while processes, servers and networks fail', 6, () => {
    const names = ['KAFKA_BROKERS', 'MONGODB_URL', 'POSTGRES_URL', 'QUIZBOARD_SERVERS_CONTROL']
    const unset = names.filter((name) => !process.env[name])
    return unset.length === 0 ? undefined : `not set: ${unset.join(', ')}; they name servers that may be killed`
  }),
  vitest('rules', 'alerts and recording rules', 5, () =>
    findPromtool() ? undefined : 'no promtool found: install it (Debian: apt-get install prometheus), or set PROMTOOL',
  ),
  vitest('monitoring', 'every query of rules and dashboards, on a real Prometheus', 5, () =>
    findPrometheus()
      ? noServers()
      : 'no Prometheus found: install it (Debian: apt-get install prometheus), or set PROMETHEUS',
  ),
  vitest('cluster', 'the operator on a real Kubernetes cluster', 30, () => {
    const unset = ['KUBECONFIG', 'QUIZBOARD_CRDS_DIR', 'QUIZBOARD_IMAGE_LOADER'].filter((name) => !process.env[name])
    if (unset.length === 0) return findHelms().length > 0 ? undefined : NO_HELM
    return `not set: ${unset.join(', ')}; see docs/development.md`
  }),
]
