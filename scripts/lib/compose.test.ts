import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { topicsSchema } from '../../apps/shared/src/process/server-settings.ts'
import { SERVICES, type ServiceName } from '../../cdk8s/src/crd/status.ts'
import { podsOf, synth } from '../../cdk8s/src/testing/objects.ts'
import { BUNDLED } from '../../cdk8s/src/testing/samples.ts'
import { composeVariables, readCompose } from './compose.ts'
import { root, runNode } from './run.ts'

const compose = readCompose()
const environmentOf = (service: string) => Object.keys(compose.services[service]?.environment ?? {})

const settingsOf = async (service: ServiceName): Promise<Set<string>> => {
  const { code, output } = await runNode([`apps/${service}/src/main.ts`, '--help'], { capture: true, limitMs: 30_000 })
  expect(code, output).toBe(0)
  return new Set([...output.matchAll(/^ {2}([A-Z][A-Z0-9_]+)\b/gm)].map(([, name]) => name ?? ''))
}

describe('compose.yaml', () => {
  it.each(SERVICES)('gives the %s nothing but its own settings', async (service) => {
    const known = await settingsOf(service)
    const names = environmentOf(service)
    expect(names.length).toBeGreaterThan(4)
    expect(names.filter((name) => !known.has(name) && !known.has(name.replace(/_FILE$/, '')))).toEqual([])
  })
  it('gives the admin steps theirs', () => {
    expect(environmentOf('migrate')).toEqual(['POSTGRES_URL_FILE'])
    expect(environmentOf('topics').filter((name) => !(name in topicsSchema.shape))).toEqual([])
    const partitions = Object.values(compose.services).flatMap(
      ({ environment }) => environment?.QUIZBOARD_PARTITIONS ?? [],
    )
    expect(new Set(partitions)).toEqual(new Set(['12']))
  })
  it('starts each program of ours confined, from one tag, and only the quiz-service’s image runs commands', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      if (!service.image.startsWith('quizboard/')) continue
      expect([name, service.image]).toEqual([name, expect.stringMatching(/^quizboard\/[a-z-]+:\d+\.\d+\.\d+$/)])
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
      expect(service.image.includes('/quiz-service:')).toBe(service.command !== undefined || name === 'quiz-service')
      expect(service.build).toMatchObject({ context: '.', args: { SERVICE: /\/([a-z-]+):/.exec(service.image)?.[1] } })
    }
  })
  it('has the version of package.json, and the servers’ images that a platform on Kubernetes has', () => {
    const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }
    expect(composeVariables().get('QUIZBOARD_TAG')).toBe(version)
    const bundled = podsOf(synth(BUNDLED))
      .filter(({ id }) => id.startsWith('StatefulSet/'))
      .map(({ spec }) => spec.containers[0].image)
    expect(['kafka', 'mongodb', 'postgresql'].map((name) => compose.services[name]?.image).sort()).toEqual(
      bundled.sort(),
    )
  })
  it('lets in nobody but this machine, and nobody to the stores', () => {
    expect(Object.values(compose.services).flatMap(({ ports }) => ports ?? [])).toEqual(['127.0.0.1:8080:8080'])
    expect(compose.networks.stores).toEqual({ internal: true })
    for (const store of ['kafka', 'mongodb', 'postgresql'])
      expect(compose.services[store]?.networks).toEqual(['stores'])
    expect(compose.services.gateway?.networks).toEqual(['services'])
  })
  it('shows the signing key to the quiz-service alone, and has no secret in itself', () => {
    const withKey = Object.entries(compose.services).filter(([, { volumes }]) =>
      volumes?.some((volume) => volume.startsWith('secrets-quiz:')),
    )
    expect(withKey.map(([name]) => name).sort()).toEqual(['migrate', 'quiz-service', 'secrets'])
    for (const { environment = {} } of Object.values(compose.services))
      for (const [name, value] of Object.entries(environment))
        if (/SECRET|TOKEN|PASSWORD|KEY/.test(name))
          expect([name, value]).toEqual([name, expect.stringMatching(/^\/secrets\//)])
  })
  it('names only services, networks and volumes that there are', () => {
    for (const { depends_on = [], networks = [], volumes = [] } of Object.values(compose.services)) {
      const others = Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)
      for (const other of others) expect(Object.keys(compose.services)).toContain(other)
      for (const network of networks) expect(Object.keys(compose.networks)).toContain(network)
      for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0])
    }
  })
  it('has every variable and its default in .env.example', () => {
    const example = readFileSync(`${root}.env.example`, 'utf8')
    const shown = new Map([...example.matchAll(/^#(\w+)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value ?? '']))
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(composeVariables()))
  })
})
