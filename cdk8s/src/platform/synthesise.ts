/** Platform → plain JSON objects. The same input gives the same output; nothing is read or written. */
import { App } from 'cdk8s'
import { DATA_LABEL, type KubeObject, type OwnerReference } from '../kinds/kind.ts'
import type { Build } from './build.ts'
import { PlatformChart, type PlatformOptions } from './platform-chart.ts'

export interface SynthesisOptions extends PlatformOptions {
  /** The QuizPlatform: Kubernetes deletes what refers to it along with it. Undefined: for manifests without an operator. */
  owner?: OwnerReference
}

export const isData = ({ metadata }: Pick<KubeObject, 'metadata'>): boolean => metadata.labels?.[DATA_LABEL] === 'true'

export const synthesise = (build: Build, { owner, ...options }: SynthesisOptions = {}): KubeObject[] => {
  const objects: KubeObject[] = new PlatformChart(new App(), build, options).toJson()
  if (!owner) return objects
  const keepsData = build.spec.deletionPolicy === 'Retain'
  return objects.map((object) =>
    keepsData && isData(object) ? object : { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } },
  )
}
