/** The operator as it is installed: its own manifests, in two pods, in a namespace of its own. */

import { deployment } from '@quizboard/cdk8s/kinds/kubernetes.ts'
import { operatorManifests } from '@quizboard/cdk8s/operator/operator-chart.ts'
import { soon, type TestCluster } from './cluster.ts'

/** Resolves with its namespace once both pods are ready. */
export const installOperator = async (
  cluster: TestCluster,
  image: string,
  watch: readonly string[],
): Promise<string> => {
  const namespace = await cluster.namespace()
  const version = image.slice(image.lastIndexOf(':') + 1)
  for (const manifest of operatorManifests({ namespace, image, version, watch }))
    if (manifest.kind !== 'Namespace') await cluster.apply(manifest)
  await soon(
    'both pods of the operator are ready',
    async () => (await cluster.get(deployment, namespace, 'quizboard-operator'))?.status?.readyReplicas === 2,
    120_000,
  )
  return namespace
}
