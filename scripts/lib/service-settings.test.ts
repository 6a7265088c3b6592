import { expect, it } from 'vitest'
import { SERVICES, type ServiceName } from '../../cdk8s/src/crd/status.ts'
import { envOf } from '../../cdk8s/src/testing/objects.ts'
import { SAMPLES } from '../../cdk8s/src/testing/samples.ts'
import { runNode } from './run.ts'

/** As each service tells them itself. */
const settingsOf = async (service: ServiceName): Promise<Set<string>> => {
  const { code, output } = await runNode([`apps/${service}/src/main.ts`, '--help'], { capture: true, limitMs: 15_000 })
  expect(code, output).toBe(0)
  return new Set([...output.matchAll(/^ {2}([A-Z][A-Z0-9_]+)\b/gm)].map(([, name]) => name ?? ''))
}

it.each(SERVICES)('every variable that the Deployment of the %s has is a setting of it', async (service) => {
  const known = await settingsOf(service)
  expect(known.size).toBeGreaterThan(5)
  for (const spec of Object.values(SAMPLES)) {
    const names: string[] = envOf(spec, service).map(({ name }) => name)
    // A secret may be given as a file; and a URL is put together out of a base.
    const unknown = names.filter((name) => !known.has(name) && !known.has(name.replace(/_(FILE|BASE)$/, '')))
    expect(unknown).toEqual([])
  }
})
