/** Helm as its users run it: values in a file, objects out of its output. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fromYamlFile } from '@quizboard/cdk8s/platform/yaml.ts'
import { findHelms } from '../../../scripts/lib/helms.ts'

export const CHART = fileURLToPath(new URL('../../../charts/quizboard', import.meta.url))

// biome-ignore lint/suspicious/noExplicitAny: tests look into plain JSON.
export type Json = any

export interface Helm {
  path: string
  version: string
}

/** With names for titles of tests. */
export const helms = (): Helm[] =>
  findHelms().map((path) => ({
    path,
    version: execFileSync(path, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' }),
  }))

interface Ran {
  ok: boolean
  output: string
}

export const runHelm = ({ path }: Helm, args: readonly string[]): Ran => {
  const { status, stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return { ok: status === 0, output: status === 0 ? stdout : stdout + stderr }
}

/** `use` is given a file with `text`, which is gone afterwards. */
const withFile = <T>(text: string, use: (file: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'quizboard-chart-'))
  try {
    const file = join(folder, 'file.yaml')
    writeFileSync(file, text)
    return use(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const RELEASE = { name: 'autumn', namespace: 'school' }

/** `helm template`. */
export const tryValues = (helm: Helm, values: object): Ran =>
  withFile(JSON.stringify(values), (file) =>
    runHelm(helm, ['template', RELEASE.name, CHART, '--namespace', RELEASE.namespace, '--values', file]),
  )

/** The objects that Helm makes of `values`. */
export const render = (helm: Helm, values: object = {}): Json[] => {
  const { ok, output } = tryValues(helm, values)
  if (!ok) throw new Error(output)
  return withFile(output, (file) => fromYamlFile(file)).filter((object) => object)
}

/** The only one of a kind; `name`: its end, where there are several. */
export const only = (objects: readonly Json[], kind: string, name = ''): Json => {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name.endsWith(name))
  if (found.length !== 1)
    throw new Error(`${found.length} objects are ${kind} …${name}: ${found.map((one) => one.metadata.name).join(', ')}`)
  return found[0]
}

/** What a pod is made of: its own spec, or that of its template. */
export const podSpecs = (objects: readonly Json[]): Json[] =>
  objects.flatMap(({ kind, spec }) => {
    if (kind === 'Pod') return [spec]
    return spec?.template?.spec ? [spec.template.spec] : []
  })
