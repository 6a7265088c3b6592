/** The tiers of `npm test`: what each needs of the machine, and how it is run. */
import { existsSync } from 'node:fs'
import { CHECKS, runChecks } from './checks.ts'
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
  run?(filters: readonly string[]): Promise<Counts>
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
const later = (name: string, about: string): Tier => ({ name, about, missing: () => NOT_YET })

/** Not a fault of the machine: even CI has nothing to run. */
export const NOT_YET = 'not in this version'

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
  vitest('servers', 'the adapters on real servers', 10, () => {
    const unset = ['KAFKA_BROKERS', 'MONGODB_URL', 'POSTGRES_URL'].filter((name) => !process.env[name])
    return unset.length === 0 ? undefined : `not set: ${unset.join(', ')}; they name servers for tests`
  }),
  later('charts', 'the Helm chart'),
  later('rules', 'alerts and recording rules'),
  later('cluster', 'a real Kubernetes cluster'),
]
