/** CustomResourceDefinitions of other operators, out of QUIZBOARD_CRDS_DIR: tests bring and take away their own, and no others. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fromYamlFile } from '@quizboard/cdk8s/platform/yaml.ts'
import { crdsFolder } from '@quizboard/cdk8s/testing/crd-files.ts'
import { isEstablished, type Json, KINDS, soon, type TestCluster } from './cluster.ts'

const MARK = 'quizboard.dev/brought-by-tests'

const definitions = (): Json[] => {
  const folder = crdsFolder()
  if (!folder)
    throw new Error('QUIZBOARD_CRDS_DIR must name a folder with the CustomResourceDefinitions of other operators')
  const objects = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .flatMap((name) => fromYamlFile(join(folder, name)) as Json[])
  return objects.filter((object) => object?.kind === 'CustomResourceDefinition')
}

/** Those that are there already are left as they are. */
export const installForeign = async (cluster: TestCluster): Promise<void> => {
  const wanted = definitions()
  for (const definition of wanted) {
    const { name } = definition.metadata
    const known = await cluster.get(KINDS.definition, undefined, name)
    if (known && known.metadata.labels?.[MARK] === undefined) continue
    await cluster.apply({
      ...definition,
      metadata: { name, annotations: definition.metadata.annotations, labels: { [MARK]: 'true' } },
    })
  }
  for (const { metadata } of wanted)
    await soon(`${metadata.name} is served`, async () =>
      isEstablished(await cluster.get(KINDS.definition, undefined, metadata.name)),
    )
}

/** False: some are there that no test has brought, so they stay. */
export const removeForeign = async (cluster: TestCluster): Promise<boolean> => {
  const names = new Set(definitions().map(({ metadata }) => metadata.name))
  const present = (await cluster.list(KINDS.definition)).filter(({ metadata }) => names.has(metadata.name))
  if (present.some(({ metadata }) => metadata.labels?.[MARK] === undefined)) return false
  for (const { metadata } of present) await cluster.remove(KINDS.definition, undefined, metadata.name)
  for (const { metadata } of present)
    await soon(`${metadata.name} is gone`, async () => !(await cluster.get(KINDS.definition, undefined, metadata.name)))
  return true
}
