/** compose.yaml as Docker reads it, for tests that hold it against what it starts. */
import { readFileSync } from 'node:fs'
import { fromYamlFile } from '../../cdk8s/src/platform/yaml.ts'
import { root } from './run.ts'

/** The parts of the file that tests look at. */
interface ComposeService {
  image: string
  build?: { context: string; args: Record<string, string> }
  command?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  networks?: string[]
  ports?: string[]
  depends_on?: string[] | Record<string, { condition: string }>
}
interface Compose {
  services: Record<string, ComposeService>
  networks: Record<string, { internal?: boolean } | null>
  volumes: Record<string, null>
}

/** `${NAME:-default}`, the one form that is used, with its default. */
const VARIABLE = /\$\{(\w+):-([^}]*)\}/g

const withDefaults = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll(VARIABLE, '$2')
  if (Array.isArray(value)) return value.map(withDefaults)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withDefaults(item)]))
}

export const readCompose = (): Compose => withDefaults(fromYamlFile(`${root}compose.yaml`)[0]) as Compose

/** Variables that the file asks for → their defaults. */
export const composeVariables = (): Map<string, string> =>
  new Map(
    [...readFileSync(`${root}compose.yaml`, 'utf8').matchAll(VARIABLE)].map(([, name, fallback]) => [
      name ?? '',
      fallback ?? '',
    ]),
  )
