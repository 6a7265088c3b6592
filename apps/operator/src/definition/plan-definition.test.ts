import { customResourceDefinition } from '@quizboard/cdk8s/crd/custom-resource-definition.ts'
import { describe, expect, it } from 'vitest'
import { type Definition, isServed, ownersToKeep, planDefinition, VERSION_ANNOTATION } from './plan-definition.ts'

const ours: Definition = {
  ...customResourceDefinition,
  metadata: { ...customResourceDefinition.metadata, annotations: { [VERSION_ANNOTATION]: '1.2.0' } },
}
const live = (
  version: string | undefined,
  status: Definition['status'] = { storedVersions: ['v1alpha1'] },
): Definition => ({
  ...ours,
  metadata: {
    name: ours.metadata.name,
    resourceVersion: '42',
    uid: 'u',
    labels: { theirs: 'kept', 'app.kubernetes.io/part-of': 'old' },
    annotations: { note: 'kept', ...(version !== undefined && { [VERSION_ANNOTATION]: version }) },
  },
  spec: { ...ours.spec, versions: [{ name: 'v1alpha1', left: 'over' } as never] },
  ...(status && { status }),
})

describe('the definition', () => {
  it('is made where there is none', () => {
    expect(planDefinition(undefined, ours)).toEqual({ action: 'apply', from: undefined })
  })

  it.each(['1.1.9', '1.2.0', '1.2.0-rc.1', 'a branch'])('of version %s is brought up to date', (version) => {
    expect(planDefinition(live(version), ours)).toEqual({ action: 'apply', from: version })
  })
  it('of no version is, too', () => {
    expect(planDefinition(live(undefined), ours)).toEqual({ action: 'apply', from: 'an unknown version' })
  })

  it('belongs to Helm alone in the end, but for its status', () => {
    const owned = (...managedFields: { manager: string; operation: string; subresource?: string }[]) =>
      ownersToKeep({ ...ours, metadata: { ...ours.metadata, managedFields } })
    const helm = { manager: 'helm', operation: 'Apply' }
    const status = { manager: 'kube-apiserver', operation: 'Update', subresource: 'status' }
    expect(owned(helm, status)).toBeUndefined()
    expect(owned(helm, status, { manager: 'helm', operation: 'Update' })).toEqual([helm, status])
    expect(owned({ manager: 'kubectl', operation: 'Apply' }, helm)).toEqual([helm])
  })

  it.each(['1.2.1', '2.0.0-rc.1'])('of the newer version %s is kept', (version) => {
    expect(planDefinition(live(version), ours)).toEqual({ action: 'keep', why: expect.stringContaining(version) })
  })

  it('is refused if QuizPlatforms are stored in a version that would be gone', () => {
    const plan = planDefinition(live('1.0.0', { storedVersions: ['v1alpha1', 'v1beta1'] }), ours)
    expect(plan).toEqual({ action: 'refuse', why: expect.stringMatching(/stored as v1beta1, which version 1.2.0/) })
  })

  it('is served once the API server says so', () => {
    expect(isServed(undefined)).toBe(false)
    expect(isServed(live('1.0.0'))).toBe(false)
    const established = (status: string) => live('1.0.0', { conditions: [{ type: 'Established', status }] })
    expect(isServed(established('False'))).toBe(false)
    expect(isServed(established('True'))).toBe(true)
  })
})
