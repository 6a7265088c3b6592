import { expect, it } from 'vitest'
import { BUNDLED, platformOf } from '../testing/samples.ts'
import { imageOf } from './images.ts'

const digest = `sha256:${'a'.repeat(64)}`

it.each([
  ['the operator’s version, where nobody says more', {}, {}, 'quizboard/gateway:1.2.3'],
  [
    'the platform’s registry and tag',
    { registry: 'r.example', repository: 'q', tag: '2' },
    {},
    'r.example/q/gateway:2',
  ],
  ['the service’s own name and tag', { tag: '2' }, { repository: 'other/gw', tag: '3' }, 'other/gw:3'],
  ['a digest over a tag', { tag: '2' }, { digest, tag: '3' }, `quizboard/gateway@${digest}`],
  ['a whole reference over all', { tag: '2' }, { ref: 'localhost:5001/gw:dev', digest }, 'localhost:5001/gw:dev'],
])('an image has %s', (_, image, own, wanted) => {
  const gateway = Object.keys(own).length > 0 ? { image: own } : {}
  const { spec } = platformOf({ ...BUNDLED, image, gateway })
  expect(imageOf({ spec, version: '1.2.3' }, 'gateway')).toBe(wanted)
})
