/** docs/operations/metrics.md: what the programs say of themselves. */
import { type MetricInfo, metricsCatalogue } from './metrics-catalogue.ts'

const HEAD = `# Metrics

<!-- Written by \`npm run docs\` out of the programs' own registries; do not edit. -->

Every process serves \`/metrics\` on a port of its own (\`QUIZBOARD_METRICS_PORT\`) in Prometheus' text format. Durations are in seconds, sizes in
bytes. Each sample has the label \`service\`. No label holds anything that users make up (no quiz, no player, no address): how many
series there are depends on the number of routes, partitions and replicas alone.

How to scrape them: [monitoring.md](monitoring.md). What to do when an alert fires: [alerts.md](alerts.md).

Of each process there are also \`process_*\` and \`nodejs_*\`: CPU, memory, event loop, garbage collection, as prom-client has them. The
operator's own metrics carry the names that controller-runtime gave them, so that dashboards for any operator work for this one.

Which of several totals to believe: an answer is *accepted* once it is durable, *counted* once it is in its player's total (at once; under
\`reveal\` from the close of its question), *scored* once the owner of the board has applied it, *shown* once it is in a version of the board. At rest and
as long as no process has come or gone, counted, scored and shown are equal.
`

const TITLES: readonly [title: string, takes: (metric: MetricInfo) => boolean][] = [
  ['Every service', ({ programs }) => programs.length > 1],
  ['quiz-service', ({ programs }) => programs[0] === 'quiz-service'],
  ['answer-service', ({ programs }) => programs[0] === 'answer-service'],
  ['leaderboard-service', ({ programs }) => programs[0] === 'leaderboard-service'],
  ['gateway', ({ programs }) => programs[0] === 'gateway'],
  ['operator', ({ programs }) => programs[0] === 'operator'],
]

export const metricsPage = (): string => {
  const all = metricsCatalogue()
    .filter(({ name }) => !/^(process|nodejs)_/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const left = new Set(all)
  const tables = TITLES.map(([title, takes]) => {
    const rows = all.filter((metric) => left.has(metric) && takes(metric))
    for (const metric of rows) left.delete(metric)
    return `\n## ${title}\n\n| metric | type | labels | what |\n|---|---|---|---|\n${rows.map(row).join('\n')}\n`
  })
  return HEAD + tables.join('')
}

const row = ({ name, type, labels, help }: MetricInfo) =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ') || '–'} | ${help.replaceAll('|', '\\|')} |`
