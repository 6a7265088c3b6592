/** `npm run soak -- --minutes 30 --seed 7`: faults of every kind for long, on servers that may be killed. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { within } from '@quizboard/shared/kit/within.ts'
import { describeReport } from '../faults/support/report.ts'
import { startScenario } from '../faults/support/scenario.ts'

const HELP = `
Plays quizzes on real servers while processes, servers and networks fail, and holds everything that was acknowledged against what
comes out. Exits with 1 if anything is lost, doubled, out of rank, or goes back; the seed is printed, and the logs are kept then.

  --minutes 5          how long new quizzes begin
  --seed N             of the faults and the players; default: a new one
  --replicas 3         of each service
  --quizzes 10         at one time
  --players 40         in each of them
  --giant 0            players of one more quiz
  --rate 100           answers a second, over all players; 100,200,400: one rate after the other, each for --minutes
  --open 5000          how long each question is open, ms
  --every 4000         between two faults on the average, ms; 0: no faults
  --faults N           no more than these; default: as many as there is time for
  --without KIND,…     of kill, end, stall, server (killed or stalled servers), network, replay

KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL name the servers, QUIZBOARD_SERVERS_CONTROL a command that takes "kill NAME" and
"start NAME" (kafka, mongodb, postgres); without it servers are left alone.
`
const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    replicas: { type: 'string', default: '3' },
    quizzes: { type: 'string', default: '10' },
    players: { type: 'string', default: '40' },
    giant: { type: 'string', default: '0' },
    rate: { type: 'string', default: '100' },
    open: { type: 'string', default: '5000' },
    every: { type: 'string', default: '4000' },
    faults: { type: 'string' },
    without: { type: 'string', default: '' },
  },
})

const number = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text)
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new Error(`--${name} takes a number from ${min} to ${max}, not "${text}"`)
  return value
}
const CLOSE_LIMIT_MS = 120_000
const KINDS = ['kill', 'end', 'stall', 'server', 'network', 'replay']

const main = async (): Promise<number> => {
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const without = values.without.split(',').filter((kind) => kind !== '')
  for (const kind of without)
    if (!KINDS.includes(kind)) throw new Error(`--without takes ${KINDS.join(', ')}, not "${kind}"`)
  const missing = ['KAFKA_BROKERS', 'MONGODB_URL', 'POSTGRES_URL'].filter((name) => !process.env[name])
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}; they name servers for tests`)
  const control = process.env.QUIZBOARD_SERVERS_CONTROL
  const seed = number('seed', values.seed ?? String(Date.now() % 1_000_000), 0, 2 ** 31)
  const every = number('every', values.every, 0, 600_000)
  const giant = number('giant', values.giant, 0, 10_000)
  const players = number('players', values.players, 2, 10_000)
  const rates = values.rate.split(',').map((rate) => number('rate', rate, 1, 100_000))
  const weight = (kind: string, share: number) => (every === 0 || without.includes(kind) ? 0 : share)
  const ofServers = control ? 1 : 0
  console.log(`seed ${seed}`)
  const began = Date.now()
  const history: string[] = []
  const say = (line: string) => {
    const dated = `${((Date.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}`
    history.push(dated)
    console.log(dated)
  }
  const scenario = await startScenario({
    seed,
    replicas: number('replicas', values.replicas, 1, 16),
    quizzes: [
      ...(giant > 0 ? [giant] : []),
      ...Array.from({ length: number('quizzes', values.quizzes, 0, 1_000) }, () => players),
    ],
    questions: 5,
    openMs: number('open', values.open, 500, 600_000),
    answersPerS: rates[0] ?? 1,
    forMs: number('minutes', values.minutes, 0.1, 10_000) * 60_000,
    settleMs: 60_000,
    weights: {
      kill: weight('kill', 12),
      end: weight('end', 3),
      stall: weight('stall', 5),
      'kill server': weight('server', ofServers),
      'stall server': weight('server', ofServers),
      network: weight('network', 2),
    },
    everyMs: every === 0 ? Number.MAX_SAFE_INTEGER : every,
    ...(values.faults === undefined ? {} : { faultsMax: number('faults', values.faults, 0, 1_000_000) }),
    replay: !without.includes('replay'),
    ...(control ? { control } : {}),
    say,
  })
  let isWrong = true
  try {
    let wrongs = 0
    for (const rate of rates) {
      const report = await scenario.run(rate)
      wrongs += report.tally.wrongs.length
      console.log(`${rates.length > 1 ? `\n${rate} answers/s\n` : ''}${describeReport(report)}`)
    }
    isWrong = wrongs > 0
  } finally {
    if (isWrong) keepLogs(seed, history, scenario.fleet.lines)
    // What a server that was killed does not let go of stays behind.
    if (!(await within(clock, CLOSE_LIMIT_MS, scenario.close()))) console.log('the fleet could not be removed in time')
  }
  return isWrong ? 1 : 0
}

const keepLogs = (seed: number, history: readonly string[], lines: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), `quizboard-soak-${seed}-`))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'faults.log'), history.join('\n'))
  writeFileSync(join(folder, 'processes.log'), lines.join('\n'))
  console.log(`seed ${seed} fails; logs: ${folder}`)
}

try {
  process.exit(await main())
} catch (error) {
  console.error(`soak: ${(error as Error).message}`)
  process.exit(1)
}
