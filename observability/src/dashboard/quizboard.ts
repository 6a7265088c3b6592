/** The dashboard of a platform: for whoever looks after a quiz that is running. */
import {
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DATASOURCE } from './parts.ts'
import { answers, hosts, overview, screens } from './play.ts'
import { log, owners, processes } from './works.ts'

const SERVICES = 'process_start_time_seconds{service=~"quizboard|gateway|.+-service"'

/** "All" unless chosen otherwise; it matches series without the label, too. */
const choice = (name: string, label: string, ofLabel: string, matchers: string) =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query({ query: `label_values(${SERVICES}${matchers}}, ${ofLabel})`, refId: name })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' })

export const quizboardDashboard = (): object => {
  const rows = [
    { title: 'Now', panels: overview() },
    { title: 'Answers', panels: answers() },
    { title: 'Players and screens', panels: screens() },
    { title: 'Hosts', panels: hosts() },
    { title: 'From the answer to the board', panels: log() },
    { title: 'Owners of the boards', panels: owners() },
    { title: 'Processes', panels: processes() },
  ]
  const dashboard = new DashboardBuilder('Quizboard')
    .uid('quizboard')
    .description(
      'A running quiz: players, answers, screens, and what may hold them up. What to do about an alert: docs/operations/alerts.md.',
    )
    .tags(['quizboard'])
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(choice('namespace', 'Namespace', 'namespace', ''))
    .withVariable(choice('platform', 'Platform', 'app_kubernetes_io_instance', ',namespace=~"$namespace"'))
    .withVariable(choice('job', 'Job', 'job', ',namespace=~"$namespace",app_kubernetes_io_instance=~"$platform"'))
  // Links to a panel hold its id: it follows from the order alone, and no two are equal.
  let id = 0
  for (const { title, panels } of rows) {
    dashboard.withRow(new RowBuilder(title).id(++id))
    for (const panel of panels) dashboard.withPanel(panel.id(++id))
  }
  return dashboard.build()
}
