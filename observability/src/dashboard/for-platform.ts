/** The dashboard with one platform chosen, under a title and an id of its own: several may lie in one Grafana. */
import { createHash } from 'node:crypto'
import dashboard from '../../dashboards/quizboard.json' with { type: 'json' }

/** Longer ones are refused by Grafana. */
const UID_LENGTH = 40

export const dashboardFor = ({ namespace, name }: { namespace: string; name: string }): object => {
  const chosen: Record<string, string> = { namespace, platform: name }
  const list = dashboard.templating.list.map((variable) => {
    const value = chosen[variable.name]
    return value === undefined ? variable : { ...variable, current: { selected: true, text: [value], value: [value] } }
  })
  const digest = createHash('sha256').update(`${namespace}/${name}`).digest('hex')
  return {
    ...dashboard,
    uid: `quizboard-${digest}`.slice(0, UID_LENGTH),
    title: `Quizboard ${namespace}/${name}`,
    templating: { list },
  }
}
