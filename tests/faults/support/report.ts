import type { Tally } from '../../e2e/foreign/crowd/tally.ts'
import type { Report } from './scenario.ts'

const quantiles = (of: Tally['latency']) =>
  [0.5, 0.99].map((share) => `p${share * 100} ${of.quantile(share).toFixed(0)} ms`).join(', ')

/** For people: what was done to the product, and what its users saw. */
export const describeReport = ({ tally, faults, replayed, socketsLost, seconds }: Report): string => {
  const { counts, latency, shown } = tally
  const done = Object.entries(faults)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ')
  const lines = [
    `${seconds.toFixed(0)} s, ${tally.quizzes} quizzes, ${tally.players} players; faults: ${done || 'none'}; ${replayed} events replayed`,
    `answers: ${tally.acknowledged} acknowledged, ${tally.refused} refused, ${tally.resent} requests sent again; lost ${counts.lost}, doubled ${counts.doubled}, copies refused ${counts['copy refused']}`,
    `from the intended send to the acknowledgement: ${quantiles(latency)}; to the own screen: ${quantiles(shown)}`,
    `boards: ${counts.rank} wrong; views: ${tally.frames} frames, ${counts['view went back']} went back, ${counts['view disagrees']} disagreed, ${counts['key too early']} keys too early`,
    `sockets: ${tally.reconnects} reconnects, ${counts['socket closed']} ended by replicas that went on`,
    ...Object.entries(socketsLost).map(([how, count]) => `  ${count} × ${how}`),
    `other replies that should not be: ${counts.reply}; never settled: ${counts.stuck}`,
  ]
  return [...lines, ...tally.wrongs.slice(0, 20).map((wrong) => `  ${wrong}`)].join('\n')
}
