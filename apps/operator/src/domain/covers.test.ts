import { expect, it } from 'vitest'
import { covers } from './covers.ts'

it.each([
  ['the same', { a: 1, b: ['x'] }, { a: 1, b: ['x'] }],
  ['more fields than are wanted', { a: 1, default: true }, { a: 1 }],
  ['more entries in a list of objects, in another order', [{ name: 'b' }, { name: 'a', v: 1 }], [{ name: 'a' }]],
  ['a number of CPUs, written another way', { cpu: '1', memory: '1Gi' }, { cpu: '1000m', memory: '1024Mi' }],
  ['half a CPU', { cpu: '500m' }, { cpu: '0.5' }],
  ['an empty text that the API server leaves out', { name: 'A' }, { name: 'A', value: '' }],
  ['an empty object that it leaves out', {}, { podSelector: {} }],
])('%s is no difference', (_, live, wanted) => expect(covers(live, wanted)).toBe(true))

it.each([
  ['another value', { a: 2 }, { a: 1 }],
  ['a missing field', {}, { a: 1 }],
  ['a missing entry', [{ name: 'a' }], [{ name: 'a' }, { name: 'b' }]],
  ['a changed entry', [{ name: 'a', v: 2 }], [{ name: 'a', v: 1 }]],
  ['another order of texts', ['a', 'b'], ['b', 'a']],
  ['one text more', ['a', 'b', 'c'], ['a', 'b']],
  ['another amount', { cpu: '501m' }, { cpu: '0.5' }],
  ['true for false', { a: true }, { a: false }],
  ['an object for a text', { a: {} }, { a: 'x' }],
  ['a text for an object', 'x', { a: 1 }],
  ['a number of the wrong kind', { a: '1x' }, { a: 1 }],
  ['nothing where there is something', null, { a: 1 }],
])('%s is a difference', (_, live, wanted) => expect(covers(live, wanted)).toBe(false))
