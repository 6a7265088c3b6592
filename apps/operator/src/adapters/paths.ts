import type { Kind } from '@quizboard/cdk8s/kinds/kind.ts'

/** Of the REST API; without a namespace: of all of them. */
export const collectionPath = ({ apiVersion, plural }: Kind, namespace: string | undefined): string => {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
}

export const objectPath = (kind: Kind, namespace: string, name: string): string =>
  `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`
