/** The small sample as plain manifests: for people who run no operator. Its Secrets are made by `npm run secrets`. */
import { App, Chart } from 'cdk8s'
import { parsePlatform } from '../crd/parse-platform.ts'
import { addObject, type KubeObject } from '../kinds/kind.ts'
import { namespaceKind } from '../kinds/kubernetes.ts'
import { type Build, nothingKnown } from '../platform/build.ts'
import { synthesise } from '../platform/synthesise.ts'
import { SAMPLE_PLATFORMS } from './sample-platforms.ts'

export const PLAIN_NAMESPACE = 'quizboard'

export const plainBuild = (version: string, namespace: string = PLAIN_NAMESPACE): Build => {
  const { resource } = SAMPLE_PLATFORMS.small ?? {}
  const parsed = parsePlatform(resource, { unknownFields: 'refuse' })
  if (!parsed.ok) throw new Error(`the sample is refused: ${parsed.problems.join('; ')}`)
  const { metadata, spec } = parsed.platform
  return { name: metadata.name, namespace, spec, version, managedBy: 'kubectl', facts: nothingKnown }
}

export const plainManifests = (version: string): KubeObject[] => {
  const chart = new Chart(new App(), 'namespace', { disableResourceNameHashes: true })
  addObject(
    chart,
    namespaceKind,
    { name: PLAIN_NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    {},
  )
  return [...chart.toJson(), ...synthesise(plainBuild(version))]
}
