/**
 * `npm run images [-- --tag X] [--loader CMD] [service…]`: bundles, then builds an image of each. The loader is a command that is
 * given NAME:TAG and a folder with a Dockerfile; without it, Docker builds.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chooseDeployables, makeBundles } from '../lib/images/make-bundles.ts'
import { originOfBuild } from '../lib/images/origin.ts'
import { root } from '../lib/run.ts'

const DOCKER = `sh -c 'docker build -t "$1" "$2"' load`
const TAG = /^[A-Za-z0-9_][-A-Za-z0-9_.]{0,127}$/

const main = async () => {
  const { values, positionals } = parseArgs({
    options: {
      tag: { type: 'string', default: originOfBuild().VERSION ?? '' },
      loader: { type: 'string', default: process.env.QUIZBOARD_IMAGE_LOADER || DOCKER },
    },
    allowPositionals: true,
  })
  const { tag, loader } = values
  if (!TAG.test(tag) || tag === 'latest') throw new Error(`--tag must be a tag that names a version, not "${tag}".`)
  const names = chooseDeployables(positionals)
  await makeBundles(names, { say: console.log })
  for (const name of names) {
    const image = `quizboard/${name}:${tag}`
    const { status } = spawnSync('sh', ['-c', `${loader} "$@"`, 'sh', image, join(root, 'dist', name)], {
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`${image} could not be built: ${loader} ended with ${status}.`)
    console.log(image)
  }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
