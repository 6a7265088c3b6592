/**
 * Take-overs and rebuilds on real servers: `npm run bench take-over [-- --quick] [--rounds=…] [--standings=…]`.
 *
 * Three replicas of the leaderboard-service, 12 partitions, a viewer for each of 36 quizzes, a score a quiz every 50 ms: how old
 * a board gets at a replica that stays while another is asked to stop, killed or stalled (take-over-outage.ts). Then a
 * partition without a standby: events a second from the log, and seconds until a million standings from the store have
 * been shown; and `npm run rebuild`, answers a second (take-over-standings.ts).
 */
import { parseArgs } from 'node:util'
import { show, spread } from './statistics.ts'
import { type Ages, measureOutages, type Outage } from './take-over-outage.ts'
import { measureColdStandings, measureRebuild, measureReplay } from './take-over-standings.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    standings: { type: 'string' },
  },
})
const { quick } = values
/** Of each way to end a replica; 0: none. */
const ROUNDS = Number(values.rounds ?? (quick ? 1 : 5))
/** In the store, for a take-over by a replica that has nothing; 0: no such take-overs. */
const STANDINGS = Number(values.standings ?? (quick ? 100_000 : 1_000_000))
/** A board is shown at the next tick. */
const TICK_MS = 50
const GOALS = { handOver: 300 + TICK_MS, death: 3_000 }

const line = (name: string, outages: readonly Outage[], of: (outage: Outage) => Ages) => {
  const show0 = (field: keyof Ages) => show(spread(outages.map((outage) => of(outage)[field])), 0)
  console.log(`  ${name.padEnd(30)} p50 ${show0('p50').padEnd(18)} p99 ${show0('p99').padEnd(20)} max ${show0('max')}`)
}

const report: Record<string, unknown> = {}
let holds = true

if (ROUNDS > 0) {
  const outages = await measureOutages(ROUNDS)
  console.log(`ms from a score's time to the screen, ${ROUNDS} rounds: median (10–90 %)`)
  for (const [ending, list] of Object.entries(outages)) {
    console.log(`${ending} to one of three replicas`)
    line('before', list, (outage) => outage.before)
    line('quizzes that it owned', list, (outage) => outage.hit)
    line('quizzes of other partitions', list, (outage) => outage.spared)
  }
  const hit = (ending: keyof typeof outages, field: keyof Ages) =>
    spread(outages[ending].map((outage) => outage.hit[field])).median
  holds =
    hit('SIGTERM', 'p99') <= GOALS.handOver && Math.max(hit('SIGKILL', 'max'), hit('SIGSTOP', 'max')) <= GOALS.death
  report.outages = outages
}

if (STANDINGS > 0) {
  const replay = await measureReplay(STANDINGS / 2, 10_000)
  console.log(
    `${replay.events} events of ${replay.players} players from the log: ${replay.seconds.toFixed(1)} s, ${replay.perSecond.toFixed(0)} events/s`,
  )
  const cold = [await measureColdStandings(STANDINGS / 10_000, 10_000), await measureColdStandings(1, STANDINGS)]
  for (const { quizzes, players, takeover, seconds, cpuSeconds } of cold)
    console.log(
      `${quizzes} × ${players} standings from the store: ${seconds.toFixed(1)} s until all were shown, the take-over ${takeover.toFixed(2)} s of it; ${cpuSeconds.toFixed(1)} s of processor time`,
    )
  const rebuild = await measureRebuild(STANDINGS / 100, 10)
  console.log(
    `rebuild of ${rebuild.answers} answers of ${rebuild.players} players: ${rebuild.seconds.toFixed(1)} s, ${rebuild.perSecond.toFixed(0)} answers/s`,
  )
  Object.assign(report, { replay, cold, rebuild })
}
console.log(JSON.stringify({ bench: 'take-over', quick, goals: GOALS, holds, ...report }))
