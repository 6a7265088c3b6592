/** A folder for each service: the bundle with its licences in `app`, and a Dockerfile. */
import { copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { licenceSections, webPackages } from '../licences.ts'
import { root, runNode } from '../run.ts'
import { bundle } from './bundle.ts'
import { DEPLOYABLES } from './deployables.ts'
import { bundledDockerfile } from './dockerfile.ts'
import { originOfBuild } from './origin.ts'

const noticesOf = (name: string, packages: readonly string[]): string =>
  [`# Third-party notices\n\nThe ${name} contains code of these packages.\n`, ...licenceSections(packages)].join('\n')

/** Of these services, as folders of `parent`; throws if one cannot be made. An older bundle stays until the new one is whole. */
export const makeBundles = async (
  names: readonly string[],
  { parent = join(root, 'dist'), say = () => {} }: { parent?: string; say?(line: string): void } = {},
): Promise<void> => {
  const chosen = DEPLOYABLES.filter(({ name }) => names.includes(name))
  if (names.includes('gateway')) {
    const { code } = await runNode(['scripts/commands/build.ts', '--quiet'])
    if (code !== 0) throw new Error('The gateway has no bundle without the web pages.')
  }
  const origin = originOfBuild()
  for (const deployable of chosen) {
    const { name } = deployable
    const started = Date.now()
    const next = join(parent, `.${name}-${process.pid}`)
    const app = join(next, 'app')
    try {
      mkdirSync(app, { recursive: true })
      const packages = await bundle(deployable, app)
      const all = name === 'gateway' ? [...packages, ...webPackages()] : packages
      writeFileSync(join(app, 'THIRD_PARTY_NOTICES.md'), noticesOf(name, all))
      for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(root, file), join(app, file))
      writeFileSync(join(next, 'Dockerfile'), bundledDockerfile({ SERVICE: name, ...origin }))
      const folder = join(parent, name)
      rmSync(folder, { recursive: true, force: true })
      renameSync(next, folder)
      say(`${name} (${packages.length} packages, ${Date.now() - started} ms)`)
    } finally {
      rmSync(next, { recursive: true, force: true })
    }
  }
}

/** The services that were named; all, if none was. Throws in words for the user. */
export const chooseDeployables = (names: readonly string[]): string[] => {
  const known = DEPLOYABLES.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) throw new Error(`There is no service "${unknown[0]}". There are: ${known.join(', ')}.`)
  return names.length > 0 ? [...new Set(names)] : known
}
