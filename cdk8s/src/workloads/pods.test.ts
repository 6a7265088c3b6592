import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Facts, nothingKnown } from '../platform/build.ts'
import { allObjects, envOf, find, type Json, podsOf, settingOf, synth } from '../testing/objects.ts'
import { BUNDLED, EVERYTHING, EXTERNAL_TLS, type Fields, OPERATORS, SAMPLES } from '../testing/samples.ts'

const samples = Object.entries(SAMPLES)
const all = allObjects()

describe('every pod of ours', () => {
  const pods = podsOf(all)
  it('is what Pod Security "restricted" admits, with a root that cannot be written', () => {
    expect(pods.length).toBeGreaterThan(20)
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      expect(spec.hostNetwork ?? spec.hostPID ?? spec.hostIPC).toBeUndefined()
      for (const { securityContext } of spec.containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
      for (const volume of spec.volumes) expect(Object.keys(volume).sort()[0]).toMatch(/^(emptyDir|name)$/)
    }
  })
  it('has requests and limits, and no token of the API server', () => {
    for (const { spec } of pods) {
      expect(spec.automountServiceAccountToken).toBe(false)
      for (const { resources } of spec.containers)
        expect(resources).toMatchObject({
          requests: { cpu: expect.any(String), memory: expect.any(String), 'ephemeral-storage': expect.any(String) },
          limits: { memory: expect.any(String), 'ephemeral-storage': expect.any(String) },
        })
    }
  })
  it('names a version of its image, and no variable twice', () => {
    for (const { spec } of pods)
      for (const { image, env } of spec.containers) {
        expect(image).toMatch(/(:[\w.-]+|@sha256:[0-9a-f]{64})$/)
        const names = env.map(({ name }: Json) => name)
        expect(new Set(names).size).toBe(names.length)
      }
  })
  it('is denied everything by default', () => {
    for (const [, spec] of samples) {
      const objects = synth(spec)
      const deny = find(objects, 'NetworkPolicy/quizboard-default-deny').spec.podSelector
      const denied: string[] = deny.matchExpressions[0].values
      for (const { metadata } of podsOf(objects)) {
        expect(metadata.labels).toMatchObject(deny.matchLabels)
        expect(denied).toContain(metadata.labels['app.kubernetes.io/component'])
      }
    }
  })
})

describe('secrets', () => {
  it('are named, never shown', () => {
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([])
    for (const { spec } of podsOf(all))
      for (const { name, value } of spec.containers.flatMap(({ env }: Json) => env))
        if (/PASSWORD|TOKEN|SECRET|KEY/.test(name) && value !== undefined)
          expect(value).toMatch(/^(\/etc\/quizboard\/|SCRAM|scram)/)
  })
  it('roll the pods that use them when they change, and no others', () => {
    const facts = (changed: string): Facts => ({
      ...nothingKnown,
      hash: ({ name, key }) =>
        createHash('sha256')
          .update(name === changed ? `${name}${key} new` : `${name}${key}`)
          .digest('hex'),
    })
    const templates = (changed: string) =>
      new Map(podsOf(synth(OPERATORS, facts(changed))).map((pod) => [pod.id, JSON.stringify(pod)]))
    const before = templates('')
    const rolled = (changed: string) => {
      const after = templates(changed)
      return [...before]
        .filter(([name, pod]) => name.startsWith('Deployment') && after.get(name) !== pod)
        .map(([name]) => name.slice('Deployment/quizboard-'.length))
    }
    expect(rolled('quizboard-answer-service')).toEqual(['answer-service'])
    expect(rolled('quizboard-signing-key')).toEqual(['quiz-service'])
    expect(rolled('quizboard-mongodb-connection')).toEqual(['answer-service', 'leaderboard-service'])
    expect(rolled('quizboard-cluster-ca-cert')).toEqual(['quiz-service', 'answer-service', 'leaderboard-service'])
    expect(rolled('somebody-else')).toEqual([])
  })
  it('the private signing key goes to the quiz-service alone', () => {
    const users = podsOf(synth(BUNDLED)).filter((pod) => JSON.stringify(pod).includes('quizboard-signing-key'))
    expect(users.map((pod) => pod.id)).toEqual(['Deployment/quizboard-quiz-service'])
  })
})

describe('URLs of databases', () => {
  it('get what TLS needs behind them, with ? or & as the URL in the Secret has it', () => {
    const url = (hasQuery: boolean) =>
      settingOf(envOf(EXTERNAL_TLS, 'quiz-service', { ...nothingKnown, hasQuery: () => hasQuery }), 'POSTGRES_URL')
    const tail = 'sslmode=verify-full&sslrootcert=/etc/quizboard/postgresql/ca.crt'
    expect(url(false)).toBe(`$(POSTGRES_URL_BASE)?${tail}`)
    expect(url(true)).toBe(`$(POSTGRES_URL_BASE)&${tail}`)
  })
  it('CloudNativePG’s server is checked with its own authority, of which only the certificate is mounted', () => {
    expect(settingOf(envOf(OPERATORS, 'quiz-service'), 'POSTGRES_URL')).toContain('sslmode=verify-full')
    const pod = podsOf(synth(OPERATORS)).find(({ id }) => id === 'Deployment/quizboard-quiz-service')
    const sources: Json[] = pod?.spec.volumes.find((volume: Json) => volume.projected).projected.sources
    expect(sources.find(({ secret }) => secret?.name === 'quizboard-postgresql-ca')?.secret.items).toEqual([
      { key: 'ca.crt', path: 'postgresql/ca.crt' },
    ])
  })
})

describe('Jobs', () => {
  const jobs = (spec: Fields) =>
    synth(spec)
      .filter(({ kind }) => kind === 'Job')
      .map(({ metadata }) => metadata.name)
  it('make the topics where nobody else does', () => {
    expect(jobs(BUNDLED)).toEqual([expect.stringMatching(/-topics-/), expect.stringMatching(/-migrate-/)])
    expect(jobs(OPERATORS)).toEqual([expect.stringMatching(/-migrate-/)])
  })
  it('have another name for another version, as they cannot change', () => {
    expect(jobs({ ...BUNDLED, image: { tag: '9.9.9' } })).not.toEqual(jobs(BUNDLED))
    expect(jobs({ ...BUNDLED, gateway: { replicas: 7 } })).toEqual(jobs(BUNDLED))
  })
})

describe('Deployments', () => {
  const deployment = (spec: Fields, service: string) =>
    find(synth(spec), `Deployment/quizboard-${service}`)?.spec as Json
  it('bring a new pod up before an old one goes, and leave time to hand over', () => {
    const { strategy, template } = deployment(BUNDLED, 'answer-service')
    expect(strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } })
    expect(template.spec.terminationGracePeriodSeconds).toBe(60)
  })
  it('bring all new pods up first where sockets are, and keep the old ones until all of them are on their way out', () => {
    for (const service of ['leaderboard-service', 'gateway']) {
      const { strategy, template } = deployment(BUNDLED, service)
      expect(strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: '100%' })
      expect(settingOf(template.spec.containers[0].env, 'QUIZBOARD_LEAVE_DELAY_MS')).toBe('12000')
    }
  })
  it('leave the number of pods to an autoscaler where there is one', () => {
    expect(deployment(EVERYTHING, 'quiz-service')).not.toHaveProperty('replicas')
    expect(deployment(EVERYTHING, 'leaderboard-service').replicas).toBe(4)
  })
  it('tell the services how many proxies are in front of them', () => {
    const proxies = (spec: Fields, service: string) =>
      deployment(spec, service).template.spec.containers[0].env.find(
        ({ name }: Json) => name === 'QUIZBOARD_TRUSTED_PROXIES',
      ).value
    const routed = { ...BUNDLED, exposure: { ingress: {} } }
    const balanced = { ...BUNDLED, exposure: { trustedProxies: 1 } }
    expect([proxies(BUNDLED, 'gateway'), proxies(BUNDLED, 'quiz-service')]).toEqual(['0', '1'])
    expect([proxies(routed, 'gateway'), proxies(routed, 'quiz-service')]).toEqual(['1', '1'])
    expect([proxies(balanced, 'gateway'), proxies(balanced, 'quiz-service')]).toEqual(['1', '2'])
  })
})
