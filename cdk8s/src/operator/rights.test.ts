import { expect, it } from 'vitest'
import { MANAGED_KINDS } from '../kinds/all.ts'
import { operatorManifests } from './operator-chart.ts'
import { ownRules, platformRules } from './rights.ts'

const rules = platformRules()
const verbsFor = (group: string, resource: string) =>
  rules
    .filter(({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(resource))
    .flatMap(({ verbs }) => verbs)
const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '')

it.each(MANAGED_KINDS)('$kind may be read, watched and applied', ({ apiVersion, plural }) => {
  expect(verbsFor(groupOf(apiVersion), plural)).toEqual(
    expect.arrayContaining(['get', 'list', 'watch', 'create', 'patch']),
  )
})
it('what holds data may not be deleted, the rest may', () => {
  for (const { apiVersion, plural, data } of MANAGED_KINDS)
    expect(verbsFor(groupOf(apiVersion), plural).includes('delete')).toBe(!data)
})
it('Secrets may be read by name and made: neither listed, nor changed, nor deleted', () => {
  expect(verbsFor('', 'secrets')).toEqual(['get', 'create'])
})
it('nothing is asked for by a star, and nothing of the cluster itself', () => {
  const all = [...rules, ...ownRules()]
  expect(JSON.stringify(all)).not.toContain('"*"')
  const touched = all.flatMap(({ resources }) => resources)
  for (const resource of ['nodes', 'namespaces', 'customresourcedefinitions', 'roles', 'pods/exec', 'serviceaccounts'])
    expect(touched).not.toContain(resource)
})
it('platforms are read, and their status written, never they themselves', () => {
  expect(verbsFor('quizboard.dev', 'quizplatforms')).toEqual(['get', 'list', 'watch'])
  expect(verbsFor('quizboard.dev', 'quizplatforms/status')).toEqual(['patch'])
})
it('where namespaces are named, there is no right beyond them', () => {
  const options = { namespace: 'system', image: 'operator:1', version: '1' }
  const kindsOf = (watch: string[]) =>
    operatorManifests({ ...options, watch }).map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`.trim())
  expect(kindsOf(['a', 'b']).filter((kind) => kind.startsWith('Cluster'))).toEqual([])
  expect(kindsOf(['a', 'b'])).toEqual(
    expect.arrayContaining(['Role a', 'RoleBinding a', 'Role b', 'RoleBinding b', 'Role system']),
  )
  expect(kindsOf([])).toEqual(expect.arrayContaining(['ClusterRole', 'ClusterRoleBinding', 'Role system']))
})
