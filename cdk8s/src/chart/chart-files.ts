/** What is written by a program in charts/quizboard: path below the chart → text. The templates are written by hand. */
import { Yaml } from 'cdk8s'
import { customResourceDefinition } from '../crd/custom-resource-definition.ts'
import { definitionRules, ownRules, platformRules } from '../operator/rights.ts'
import { toYaml } from '../platform/yaml.ts'
import { valuesJsonSchema, valuesTable, valuesYaml } from './values-files.ts'

const written = (about: string, text: string) => `# Written by \`npm run synth\`; do not edit.\n# ${about}\n${text}`

export const chartFiles = (version: string): Record<string, string> => ({
  'Chart.yaml': Yaml.stringify({
    apiVersion: 'v2',
    name: 'quizboard',
    // Without kubeVersion: a Helm that was built by go install takes itself for one of Kubernetes 1.20 where it cannot ask. The Job asks.
    description: 'Live vocabulary quizzes: the operator, and a platform that it looks after.',
    type: 'application',
    version,
    appVersion: version,
    keywords: ['quiz', 'vocabulary', 'leaderboard', 'operator'],
    annotations: { licenses: 'Apache-2.0' },
  }),
  'values.yaml': `# Written by \`npm run synth\` out of cdk8s/src/chart/values.ts; do not edit.\n\n${valuesYaml()}`,
  'values.schema.json': valuesJsonSchema(),
  'crds/quizplatforms.quizboard.dev.yaml': written('The resource QuizPlatform.', toYaml([customResourceDefinition])),
  'files/rules.yaml': written(
    'Rights: `platforms` where there are platforms, `own` in the operator’s namespace, `definition` of the Job before an upgrade.',
    toYaml([{ platforms: platformRules(), own: ownRules(), definition: definitionRules() }]),
  ),
  'README.md': readme(),
})

const readme = () => `# Chart quizboard

Written by \`npm run synth\`; do not edit. The operator of Quizboard, its resource QuizPlatform, and a platform that it looks after.
Kubernetes 1.30 or newer, Helm 3 or 4.

\`\`\`sh
helm install quizboard charts/quizboard --namespace quizboard --create-namespace --wait
helm test quizboard --namespace quizboard --logs
\`\`\`

With the defaults that is everything on bundled single servers, in the release's namespace alone: for kind, minikube, trying and
small schools. For more see [docs/operations/install.md](../../docs/operations/install.md): other stores, exposure, upgrade, rollback,
uninstall, GitOps; what \`platform.spec\` takes stands in [docs/operations/quizplatform.md](../../docs/operations/quizplatform.md).

## Values

What is not in this table is refused, also within \`platform.spec\`.

${valuesTable()}
`
