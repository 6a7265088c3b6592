import { readFileSync } from 'node:fs'
import { parsePlatform } from '@quizboard/cdk8s/crd/parse-platform.ts'
import { operatorManifests } from '@quizboard/cdk8s/operator/operator-chart.ts'
import { definitionRules, ownRules, platformRules } from '@quizboard/cdk8s/operator/rights.ts'
import { describe, expect, it } from 'vitest'
import { CHART, helms, type Json, only, podSpecs, RELEASE, render, runHelm } from './support/helm.ts'

const NAME = 'autumn-quizboard-operator'
const CLUSTER_WIDE = ['ClusterRole', 'ClusterRoleBinding']
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const withoutLabels = (rules: Json) => JSON.parse(JSON.stringify(rules))

describe.each(helms())('Helm $version', (helm) => {
  const everything = {
    operator: { labels: { team: 'languages' }, annotations: { note: 'x' }, priorityClassName: 'important' },
    watch: { namespaces: ['elsewhere'] },
    imagePullSecrets: [{ name: 'pull' }],
    monitoring: { serviceMonitors: true, rules: true, dashboards: true },
  }

  it('finds nothing to complain about', () => {
    expect(runHelm(helm, ['lint', '--strict', CHART])).toMatchObject({ ok: true })
  })

  it('makes the operator, what belongs to it, and a platform', () => {
    const objects = render(helm)
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort()).toEqual(
      expect.arrayContaining([
        `Deployment/${NAME}`,
        `Job/${NAME}-definition`,
        `NetworkPolicy/${NAME}`,
        `Pod/${NAME}-test`,
        `PodDisruptionBudget/${NAME}`,
        'QuizPlatform/quizboard',
        `Role/${NAME}`,
        `Role/${NAME}-leader`,
        `Service/${NAME}`,
        `ServiceAccount/${NAME}`,
      ]),
    )
    for (const { kind, metadata } of objects)
      expect([kind, metadata.namespace]).toEqual([kind, CLUSTER_WIDE.includes(kind) ? undefined : RELEASE.namespace])
  })

  it('runs the operator as the manifests of k8s/operator do', () => {
    const ours = only(render(helm), 'Deployment').spec.template.spec
    const manifests = operatorManifests({
      namespace: 'school',
      image: `quizboard/operator:${version}`,
      version,
      watch: ['school'],
    })
    const theirs = (only(manifests, 'Deployment') as Json).spec.template.spec
    const [container] = ours.containers
    const [wanted] = theirs.containers
    for (const field of Object.keys(wanted).filter(
      (one) => one !== 'resources' && one !== 'env' && one !== 'volumeMounts',
    ))
      expect([field, container[field]]).toEqual([field, wanted[field]])
    expect(container.env).toEqual(expect.arrayContaining(wanted.env))
    expect(container.volumeMounts).toEqual(expect.arrayContaining(wanted.volumeMounts))
    expect(ours.securityContext).toEqual(theirs.securityContext)
    expect(ours.terminationGracePeriodSeconds).toBe(theirs.terminationGracePeriodSeconds)
  })

  it.each([
    ['with the defaults', {}],
    ['with all there is', everything],
  ])('every pod meets Pod Security restricted, has limits and probes where it lives on: %s', (_, values) => {
    const objects = render(helm, values)
    const pods = podSpecs(objects)
    expect(pods).toHaveLength(3)
    for (const pod of pods) {
      expect(pod).toMatchObject({
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
      })
      for (const container of pod.containers) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: { cpu: '50m' }, limits: { memory: '256Mi' } },
        })
      }
    }
    const [operator] = only(objects, 'Deployment').spec.template.spec.containers
    expect(Object.keys(operator)).toEqual(expect.arrayContaining(['livenessProbe', 'readinessProbe', 'startupProbe']))
  })

  it('gives the operator exactly the rights of the one table', () => {
    const here = render(helm)
    expect(only(here, 'Role', NAME).rules).toEqual(withoutLabels(platformRules()))
    const leader = withoutLabels(ownRules()).map((rule: Json) =>
      rule.resourceNames ? { ...rule, resourceNames: [NAME] } : rule,
    )
    expect(only(here, 'Role', '-leader').rules).toEqual(leader)
    const lease = only(here, 'Deployment').spec.template.spec.containers[0].env.find(
      ({ name }: Json) => name === 'QUIZBOARD_LEASE_NAME',
    )
    expect(lease.value).toBe(NAME)
    // Of the Job alone, and by its own account.
    expect(only(here, 'ClusterRole').rules).toEqual(withoutLabels(definitionRules()))
    expect(only(here, 'ClusterRoleBinding').subjects).toEqual([
      { kind: 'ServiceAccount', name: `${NAME}-definition`, namespace: RELEASE.namespace },
    ])
    expect(only(here, 'ClusterRole').metadata.annotations['helm.sh/hook-delete-policy']).toContain('hook-succeeded')
  })

  it('watches where it has rights: the release’s namespace, more of them, or all', () => {
    const watched = (objects: Json[]) =>
      only(objects, 'Deployment').spec.template.spec.containers[0].env.find(
        ({ name }: Json) => name === 'WATCH_NAMESPACES',
      ).value
    expect(watched(render(helm))).toBe('school')
    const more = render(helm, { watch: { namespaces: ['b', 'a', 'school'] } })
    expect(watched(more)).toBe('a,b,school')
    const roles = more.filter(({ kind, metadata }) => kind === 'Role' && !metadata.name.endsWith('-leader'))
    expect(roles.map(({ metadata }) => metadata.namespace)).toEqual(['a', 'b', 'school'])
    const bindings = more.filter(({ kind, roleRef }) => kind === 'RoleBinding' && !roleRef.name.endsWith('-leader'))
    for (const { metadata, roleRef, subjects } of bindings) {
      expect(
        roles.some((role) => role.metadata.name === roleRef.name && role.metadata.namespace === metadata.namespace),
      ).toBe(true)
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: NAME, namespace: 'school' }])
    }
    const all = render(helm, { watch: { allNamespaces: true }, crds: { apply: false } })
    expect(watched(all)).toBe('')
    expect(only(all, 'ClusterRole').rules).toEqual(withoutLabels(platformRules()))
    expect(all.filter(({ kind }) => kind === 'Role')).toHaveLength(1)
  })

  it('leaves out what is not wanted', () => {
    const objects = render(helm, {
      crds: { apply: false },
      serviceAccount: { create: false, name: 'theirs' },
      rbac: { create: false },
      podDisruptionBudget: { enabled: false },
      networkPolicy: { enabled: false },
      platform: { enabled: false },
    })
    expect(objects.map(({ kind }) => kind).filter((kind) => kind !== 'ConfigMap')).toEqual(['Service', 'Deployment'])
    expect(only(objects, 'Deployment').spec.template.spec.serviceAccountName).toBe('theirs')
  })

  it('takes images by registry, tag or digest; the platform’s come from the same place', () => {
    const values = {
      image: { registry: 'registry.example/team', tag: '1.2.3', pullPolicy: 'Always' },
      imagePullSecrets: [{ name: 'pull' }],
    }
    const objects = render(helm, values)
    for (const { containers, imagePullSecrets } of podSpecs(objects)) {
      expect(containers[0]).toMatchObject({
        image: 'registry.example/team/quizboard/operator:1.2.3',
        imagePullPolicy: 'Always',
      })
      expect(imagePullSecrets).toEqual([{ name: 'pull' }])
    }
    const spec = only(objects, 'QuizPlatform').spec
    expect(spec.image).toEqual({
      registry: 'registry.example/team',
      pullPolicy: 'Always',
      pullSecrets: [{ name: 'pull' }],
    })
    const env = only(objects, 'Deployment').spec.template.spec.containers[0].env
    expect(env).toContainEqual({ name: 'QUIZBOARD_VERSION', value: '1.2.3' })
    const digest = `sha256:${'a'.repeat(64)}`
    expect(podSpecs(render(helm, { image: { tag: '1.2.3', digest } }))[0].containers[0].image).toBe(
      `quizboard/operator@${digest}`,
    )
    const own = render(helm, { ...values, platform: { spec: { image: { registry: 'other.example', tag: '9' } } } })
    expect(only(own, 'QuizPlatform').spec.image).toMatchObject({ registry: 'other.example', tag: '9' })
  })

  it('asks the platform for monitoring, unless its spec says otherwise', () => {
    const values = {
      monitoring: { serviceMonitors: true, rules: true, labels: { release: 'prometheus' }, interval: '30s' },
    }
    const objects = render(helm, values)
    expect(only(objects, 'QuizPlatform').spec.monitoring).toEqual({
      ...{ serviceMonitors: true, rules: true, interval: '30s' },
      labels: { release: 'prometheus' },
    })
    expect(only(objects, 'ServiceMonitor')).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: { endpoints: [{ port: 'metrics', interval: '30s' }] },
    })
    const rules = only(objects, 'PrometheusRule')
    expect(rules.metadata.labels).toMatchObject({ release: 'prometheus' })
    // By the name of the release's own Lease.
    expect(JSON.stringify(rules.spec)).toContain(`{name=\\"${NAME}\\"}`)
    const dashboard = only(render(helm, { monitoring: { dashboards: true } }), 'ConfigMap')
    expect(dashboard.metadata.labels).toMatchObject({ grafana_dashboard: '1' })
    expect(JSON.parse(dashboard.data['quizboard.json']).panels.length).toBeGreaterThan(0)
    const refusing = render(helm, { ...values, platform: { spec: { monitoring: { serviceMonitors: false } } } })
    expect(only(refusing, 'QuizPlatform').spec.monitoring).toMatchObject({ serviceMonitors: false, rules: true })
    expect(render(helm).filter(({ kind }) => kind === 'ServiceMonitor')).toEqual([])
  })

  it('our labels win over those of the user', () => {
    const objects = render(helm, {
      operator: {
        labels: { 'app.kubernetes.io/instance': 'wrong', 'app.kubernetes.io/component': 'wrong', team: 'a' },
      },
    })
    const { selector, template } = only(objects, 'Deployment').spec
    expect(template.metadata.labels).toMatchObject({ ...selector.matchLabels, team: 'a' })
  })

  it('closes the operator but for metrics, names and the API server', () => {
    const policy = only(
      render(helm, { networkPolicy: { apiServerCidrs: ['10.0.0.1/32'], apiServerPorts: [6443] } }),
      'NetworkPolicy',
      NAME,
    )
    expect(policy.spec.ingress).toEqual([{ ports: [{ port: 9464, protocol: 'TCP' }] }])
    expect(policy.spec.egress).toEqual([
      { ports: [{ port: 6443, protocol: 'TCP' }], to: [{ ipBlock: { cidr: '10.0.0.1/32' } }] },
      { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
    ])
  })

  it('the platform of the defaults is one that the operator takes, on bundled stores', () => {
    const parsed = parsePlatform(only(render(helm), 'QuizPlatform'), { unknownFields: 'refuse' })
    expect(parsed).toMatchObject({
      ok: true,
      platform: { spec: { kafka: { bundled: {} }, mongodb: { bundled: {} }, gateway: { replicas: 1 } } },
    })
  })

  it('the test finds the platform’s gateway and its hosts’ token', () => {
    const envOf = (values: object) => only(render(helm, values), 'Pod').spec.containers[0].env
    expect(envOf({ platform: { name: 'exams' } })).toEqual(
      expect.arrayContaining([
        { name: 'QUIZBOARD_URL', value: 'http://exams-gateway.school.svc:8080' },
        {
          name: 'QUIZBOARD_HOST_TOKEN',
          valueFrom: { secretKeyRef: { name: 'exams-host-token', key: 'token' } },
        },
      ]),
    )
    const hostToken = { name: 'own', key: 'teacher' }
    expect(envOf({ platform: { spec: { secrets: { hostToken } } } })).toContainEqual({
      name: 'QUIZBOARD_HOST_TOKEN',
      valueFrom: { secretKeyRef: hostToken },
    })
  })
})
