/** Everything in k8s/ and charts/ that is written by a program, and the reference page: path → text. The same sources give the same text. */
import { readFileSync } from 'node:fs'
import { chartFiles } from '../../cdk8s/src/chart/chart-files.ts'
import { customResourceDefinition } from '../../cdk8s/src/crd/custom-resource-definition.ts'
import { plainManifests } from '../../cdk8s/src/manifests/plain.ts'
import { referencePage } from '../../cdk8s/src/manifests/reference-page.ts'
import { SAMPLE_PLATFORMS } from '../../cdk8s/src/manifests/sample-platforms.ts'
import { operatorManifests } from '../../cdk8s/src/operator/operator-chart.ts'
import { ownRules, platformRules } from '../../cdk8s/src/operator/rights.ts'
import { toYaml } from '../../cdk8s/src/platform/yaml.ts'
import { observabilityFiles } from '../../observability/src/files.ts'
import { operatorGroups } from '../../observability/src/rules/groups.ts'
import { root } from './run.ts'

const written = (about: string, text: string) => `# Written by \`npm run synth\`; do not edit.\n# ${about}\n${text}`

/** What is about more than one platform; the operator makes the rest beside each. */
const chartObservability = (): Record<string, string> => ({
  'charts/quizboard/files/operator-rules.json': `${JSON.stringify({ groups: operatorGroups() }, null, 1)}\n`,
  ...Object.fromEntries(
    Object.entries(observabilityFiles())
      .filter(([path]) => /\/dashboards\/[^/]+\.json$/.test(path))
      .map(([path, text]) => [`charts/quizboard/files/dashboards/${path.split('/').at(-1)}`, text]),
  ),
})

export const kubernetesManifests = (): Record<string, string> => {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
  const operator = (watch: string[]) =>
    toYaml(operatorManifests({ namespace: 'quizboard-system', image: `quizboard/operator:${version}`, version, watch }))
  return {
    'k8s/crds/quizplatforms.quizboard.dev.yaml': written(
      'The resource QuizPlatform.',
      toYaml([customResourceDefinition]),
    ),
    'k8s/operator/all-namespaces.yaml': written('The operator, for platforms in any namespace.', operator([])),
    'k8s/operator/one-namespace.yaml': written(
      'The operator with rights in the namespace quizboard alone.',
      operator(['quizboard']),
    ),
    'k8s/operator/rules.yaml': written(
      'What the operator may do: `platforms` where there are platforms, `own` in its own namespace.',
      toYaml([{ platforms: platformRules(), own: ownRules() }]),
    ),
    'k8s/plain/small.yaml': written(
      'The platform of samples/small.yaml without an operator. The Secrets come first: npm run secrets.',
      toYaml(plainManifests(version)),
    ),
    ...Object.fromEntries(
      Object.entries(SAMPLE_PLATFORMS).map(([name, { about, resource }]) => [
        `k8s/samples/${name}.yaml`,
        written(about, toYaml([resource])),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(chartFiles(version)).map(([path, text]) => [`charts/quizboard/${path}`, text]),
    ),
    ...chartObservability(),
    'docs/operations/quizplatform.md': referencePage(),
  }
}
