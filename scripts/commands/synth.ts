/**
 * `npm run synth`: writes the manifests in k8s/, what is generated of the chart, and the reference page of QuizPlatform out of cdk8s/,
 * and the rules and dashboards out of observability/src. `-- --check` writes nothing and fails if a file would change.
 */

import { observabilityFiles } from '../../observability/src/files.ts'
import { writeOrCheck } from '../lib/generated-files.ts'
import { kubernetesManifests } from '../lib/kubernetes-manifests.ts'

writeOrCheck(
  { ...kubernetesManifests(), ...observabilityFiles() },
  { what: 'The Kubernetes manifests, rules and dashboards', command: 'npm run synth' },
)
