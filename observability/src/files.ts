/** What `npm run synth` writes below observability/: path → text. The same sources give the same text. */
import { stringify } from 'yaml'
import { quizboardDashboard } from './dashboard/quizboard.ts'
import { operatorGroups, platformGroups } from './rules/groups.ts'
import type { RuleGroup } from './rules/rule.ts'

const rules = (about: string, groups: readonly RuleGroup[]) =>
  `# Written by \`npm run synth\` out of observability/src/rules; do not edit.\n# ${about}\n` +
  stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false })

const dashboard = () => `${JSON.stringify(quizboardDashboard(), null, 2)}\n`

export const observabilityFiles = (): Record<string, string> => ({
  'observability/rules/quizboard.yaml': rules(
    'Recording and alerting rules of every platform that this Prometheus scrapes.',
    platformGroups(),
  ),
  'observability/rules/quizboard-operator.yaml': rules('Alerting rules of the operator.', operatorGroups()),
  'observability/dashboards/quizboard.json': dashboard(),
})
