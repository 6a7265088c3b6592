/** The images of the product as it is in this repository, given to the cluster once for each state of the code. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Fields } from '@quizboard/cdk8s/testing/samples.ts'
import { makeBundles } from '../../../scripts/lib/images/make-bundles.ts'
import { imageLoader, type Json, KINDS, type TestCluster } from './cluster.ts'

const SERVICES = ['quiz-service', 'answer-service', 'leaderboard-service', 'gateway'] as const
const FIELDS = {
  'quiz-service': 'quizService',
  'answer-service': 'answerService',
  'leaderboard-service': 'leaderboardService',
  gateway: 'gateway',
} as const

export interface ProductImages {
  /** Two versions: the same program under two tags. */
  first: string
  second: string
  operator: string
  /** One replica of each service of a version, with requests that a small machine can grant. */
  services(tag: string): Record<(typeof FIELDS)[keyof typeof FIELDS], Fields>
}

const run = promisify(execFile)
const repositoryOf = (name: string) => `quizboard-test-${name}`

/** Of every file below, names included. */
const hashOf = (folder: string): string => {
  const hash = createHash('sha256')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    hash.update(`${path.slice(folder.length)}\n`).update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 12)
}

const load = async (image: string, folder: string): Promise<void> => {
  await run('sh', ['-c', `${imageLoader()} "$@"`, 'sh', image, folder])
}

/** What a cluster has been given already, by any process of this machine. */
const markOf = async (cluster: TestCluster, image: string): Promise<string> => {
  const system = await cluster.get(KINDS.namespace, undefined, 'kube-system')
  const folder = join(tmpdir(), `quizboard-test-images-${system?.metadata.uid}`)
  mkdirSync(folder, { recursive: true })
  return join(folder, image.replaceAll(/[^\w.-]/g, '_'))
}

const loadOnce = async (cluster: TestCluster, image: string, work: () => Promise<void>): Promise<void> => {
  const mark = await markOf(cluster, image)
  if (existsSync(mark)) return
  await work()
  writeFileSync(mark, '')
}

export const loadProduct = async (cluster: TestCluster): Promise<ProductImages> => {
  const parent = mkdtempSync(join(tmpdir(), 'quizboard-test-bundles-'))
  try {
    const names = [...SERVICES, 'operator']
    await makeBundles(names, { parent })
    const first = `first-${hashOf(parent)}`
    const second = first.replace('first', 'second')
    for (const name of names) {
      const repository = repositoryOf(name)
      await loadOnce(cluster, `${repository}:${first}`, () => load(`${repository}:${first}`, join(parent, name)))
      await loadOnce(cluster, `${repository}:${second}`, async () => {
        const folder = join(parent, `${name}-second`)
        mkdirSync(folder)
        writeFileSync(join(folder, 'Dockerfile'), `FROM ${repository}:${first}\nLABEL version=second\n`)
        await load(`${repository}:${second}`, folder)
      })
    }
    const service = (name: string, tag: string) => ({
      replicas: 1,
      image: { repository: repositoryOf(name), tag },
      resources: { requests: { cpu: '20m', memory: '96Mi' }, limits: { memory: '768Mi' } },
    })
    return {
      ...{ first, second },
      operator: `${repositoryOf('operator')}:${first}`,
      services: (tag) => Object.fromEntries(SERVICES.map((name) => [FIELDS[name], service(name, tag)])) as Json,
    }
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}
