/** kube-score finds what docs/operations/operator.md explains, and nothing else. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toYaml } from '@quizboard/cdk8s/platform/yaml.ts'
import { afterAll, expect, it } from 'vitest'
import { findKubeScore } from '../../scripts/lib/programs.ts'
import { helms, render } from './support/helm.ts'

/** By kube-score's ids, and in which objects; a finding that is not here fails. */
const EXPLAINED: Record<string, RegExp> = {
  'container-resources': /CPU limit is not set/,
  'container-image-pull-policy': /ImagePullPolicy is not set to Always/,
  'container-security-context-user-group-id': /^StatefulSet.*-(kafka|mongodb|postgresql):.*(user|group) ID/,
  'pod-probes-identical': /^StatefulSet.*-kafka:/,
  'deployment-replicas': /^Deployment/,
  'deployment-has-host-podantiaffinity': /^Deployment/,
}
/** From this grade on kube-score has nothing to say. */
const ALL_OK = 10

interface Scored {
  type_meta: { kind: string }
  object_meta: { name: string }
  checks: {
    check: { id: string }
    grade: number
    skipped: boolean
    comments: { summary: string }[] | null
  }[]
}

const folder = mkdtempSync(join(tmpdir(), 'quizboard-score-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const inRepo = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const chartFile = (): string => {
  const file = join(folder, 'chart.yaml')
  writeFileSync(
    file,
    helms()
      .slice(0, 1)
      .map((helm) => toYaml(render(helm)))
      .join(''),
  )
  return file
}

const program = findKubeScore()
const why = program ? '' : ' (no kube-score in PATH or KUBE_SCORE)'
it.skipIf(!program).each([
  ['the plain manifests', () => inRepo('k8s/plain/small.yaml')],
  ['the operator of one namespace', () => inRepo('k8s/operator/one-namespace.yaml')],
  ['the operator of all namespaces', () => inRepo('k8s/operator/all-namespaces.yaml')],
  ['what Helm makes of the chart', chartFile],
])(`in %s nothing is found that is not explained${why}`, (_, file) => {
  // Its exit code says that there are findings.
  const { stdout, stderr } = spawnSync(program as string, ['score', '--output-format', 'json', file()], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  expect(stdout, stderr).not.toBe('')
  const scored = JSON.parse(stdout) as Scored[]
  const findings = scored.flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < ALL_OK)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ summary }) => ({
          id: check.id,
          text: `${type_meta.kind} ${object_meta.name}: ${summary}`,
        })),
      ),
  )
  expect(findings.filter(({ id, text }) => !EXPLAINED[id]?.test(text))).toEqual([])
})
