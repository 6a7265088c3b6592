/** docs/operations/backup.md as it stands there: its commands are run on a platform with a quiz, which then is destroyed and restored. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, type Json, type Target } from '../e2e/foreign/api.ts'
import { type QuizLog, runQuiz } from '../e2e/foreign/quiz-run.ts'
import { verifyQuiz } from '../e2e/foreign/verify.ts'
import { createPlatform, installDefinition, KINDS, openCluster, soon, type TestCluster } from './support/cluster.ts'
import { gatewayOf, hostTokenOf } from './support/gateway.ts'
import { createOperatorPlace, startOperator } from './support/operator-process.ts'
import { loadProduct } from './support/product-images.ts'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000)
const SMALL = { storage: { size: '1Gi' }, resources: { requests: { cpu: '50m', memory: '256Mi' } } }
const PAGE = fileURLToPath(new URL('../../docs/operations/backup.md', import.meta.url))

let cluster: TestCluster
let namespace: string
let target: Target
let hostToken: string
let log: QuizLog
const folder = mkdtempSync(join(tmpdir(), 'quizboard-backup-'))

beforeAll(async () => {
  cluster = await openCluster()
  await installDefinition(cluster)
  const images = await loadProduct(cluster)
  namespace = await cluster.namespace()
  await startOperator(cluster, await createOperatorPlace(cluster, [namespace]))
  const services = images.services(images.first)
  const platform = await createPlatform(cluster, namespace, {
    ...{ kafka: { bundled: SMALL }, mongodb: { bundled: SMALL }, postgresql: { bundled: SMALL } },
    deletionPolicy: 'Delete',
    ...services,
    gateway: { ...services.gateway, service: { type: 'NodePort' } },
  })
  await platform.until('Ready', 'True')
  target = await gatewayOf(cluster, namespace)
  hostToken = await hostTokenOf(cluster, namespace)
  const settings = { scoring: 'streak', feedback: 'instant', reanswer: 'allowed' } as const
  log = await runQuiz(target, hostToken, { settings, players: 15, questions: 4, openMs: 2_000, seed: SEED })
  expect(await verifyQuiz(target, hostToken, log)).toEqual([])
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await cluster.close()
})

/** The commands of the page: those for both ways, to back up, to restore. */
const [common = '', backUp = '', restore = ''] = [...readFileSync(PAGE, 'utf8').matchAll(/```sh\n(.*?)```/gs)].map(
  ([, text = '']) => text,
)
const bash = async (script: string) => {
  const env = { ...process.env, namespace, platform: 'quizboard', folder }
  await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', common + script], { env, maxBuffer: 10_000_000 })
}
const host = async (path: string): Promise<Json> =>
  (await call(target, 'GET', `/api/v1${path}`, { token: hostToken })).body
const everything = async () => ({
  quiz: await host(`/quizzes/${log.quizId}`),
  answers: (await host(`/answers/${log.quizId}?limit=1000`)).answers,
  standings: (await host(`/leaderboards/${log.quizId}?limit=1000`)).standings,
})

it(`a platform that is destroyed after a backup is there again after a restore, and what came later is not (SEED=${SEED})`, async () => {
  const before = await everything()
  expect(before.answers.length).toBeGreaterThan(15)
  await bash(backUp)
  target = await gatewayOf(cluster, namespace)
  expect(await everything()).toEqual(before)
  await call(target, 'POST', '/api/v1/decks', {
    token: hostToken,
    body: { title: 'Later', questions: [{ type: 'typed', prompt: 'One?', answer: 'one' }] },
  })

  await cluster.remove(KINDS.platform, namespace, 'quizboard')
  const left = () => cluster.list(KINDS.claim, namespace)
  await soon('the volumes are gone', async () => (await left()).length === 0, 120_000)
  // Secrets of a platform whose data was to stay would stay.
  for (const { metadata } of await cluster.list(KINDS.secret, namespace))
    await cluster.remove(KINDS.secret, namespace, metadata.name)

  await bash(restore)
  target = await gatewayOf(cluster, namespace)
  expect(await hostTokenOf(cluster, namespace)).toBe(hostToken)
  expect(await everything()).toEqual(before)
  expect(JSON.stringify(await host('/decks'))).not.toContain('Later')
})
