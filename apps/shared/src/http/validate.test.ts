import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkBody, checkQuery, invalid, parseQuery, pointerTo, queryAfter, queryInt, queryText } from './validate.ts'

const question = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('choice'), options: z.array(z.string().max(5)).min(2).max(8) }),
  z.strictObject({ type: z.literal('typed'), points: z.int().min(0).max(10_000).default(1_000) }),
])
const schema = z.strictObject({
  title: z.string().min(1).max(10),
  mode: z.enum(['live', 'self_paced']).default('live'),
  questions: z.array(question).min(1).max(500).optional(),
  either: z.union([z.string(), z.strictObject({ n: z.int() })]).optional(),
  counts: z.record(z.string().regex(/^[a-z]+$/, 'must be lower case'), z.int()).optional(),
})
const errorsOf = (input: unknown, secret?: string) => {
  const checked = checkBody(schema, input, secret)
  return checked.ok ? [] : checked.errors
}
const body = (more: object) => ({ title: 't', ...more })

describe('[Q9.1] each problem of a body has its pointer, its detail and its value', () => {
  const rows: [string, unknown, object[]][] = [
    ['nothing wrong', body({}), []],
    ['missing', {}, [{ pointer: '/title', detail: 'is required' }]],
    ['a list', [], [{ pointer: '', detail: 'must be an object, not a list', value: [] }]],
    ['null', null, [{ pointer: '', detail: 'must be an object, not null', value: null }]],
    ['a number', body({ title: 7 }), [{ pointer: '/title', detail: 'must be a text, not a number', value: 7 }]],
    ['too short', body({ title: '' }), [{ pointer: '/title', detail: 'must have at least 1 character', value: '' }]],
    ['too long', body({ title: 'x'.repeat(11) }), [{ pointer: '/title', detail: 'must have at most 10 characters' }]],
    ['an unknown value', body({ mode: 'x' }), [{ detail: 'must be one of "live", "self_paced"', value: 'x' }]],
    [
      'no question',
      body({ questions: [] }),
      [{ pointer: '/questions', detail: 'must have at least 1 entry', value: [] }],
    ],
    [
      'an unknown type',
      body({ questions: [{ type: 'essay' }] }),
      [{ pointer: '/questions/0/type', detail: 'must be one of "choice", "typed"', value: 'essay' }],
    ],
    [
      'deep inside',
      body({ questions: [{ type: 'typed' }, { type: 'choice', options: ['a', 'too long', 3] }] }),
      [
        { pointer: '/questions/1/options/1', detail: 'must have at most 5 characters', value: 'too long' },
        { pointer: '/questions/1/options/2', detail: 'must be a text, not a number', value: 3 },
      ],
    ],
    [
      'a fraction',
      body({ questions: [{ type: 'typed', points: 0.5 }] }),
      [{ pointer: '/questions/0/points', detail: 'must be a whole number', value: 0.5 }],
    ],
    [
      'an overflowing number',
      JSON.parse('{"title":"t","questions":[{"type":"typed","points":1e999}]}'),
      [
        {
          pointer: '/questions/0/points',
          detail: 'must be within the range of numbers',
          value: 'Infinity',
        },
      ],
    ],
    [
      'beyond exact whole numbers',
      body({ questions: [{ type: 'typed', points: 2 ** 60 }] }),
      [{ pointer: '/questions/0/points' }, { pointer: '/questions/0/points', detail: 'must be at most 10000' }],
    ],
    [
      'unknown fields',
      body({ tittle: 1, 'a/b~c': 2 }),
      [
        { pointer: '/tittle', detail: 'is not a known field', value: 1 },
        { pointer: '/a~1b~0c', detail: 'is not a known field', value: 2 },
      ],
    ],
    [
      'prototype keys',
      JSON.parse('{"title":"t","__proto__":{"x":1},"constructor":2,"toString":3}'),
      [
        { pointer: '/__proto__', detail: 'is not a known field', value: { x: 1 } },
        { pointer: '/constructor', value: 2 },
        { pointer: '/toString', value: 3 },
      ],
    ],
    [
      'the branch of a union that fits best',
      body({ either: { n: 'x' } }),
      [{ pointer: '/either/n', detail: 'must be a number, not a text', value: 'x' }],
    ],
    ['no branch of a union', body({ either: 5 }), [{ pointer: '/either', detail: expect.stringMatching(/shapes/) }]],
    [
      'a key of a record',
      body({ counts: { A: 1 } }),
      [{ pointer: '/counts/A', detail: 'has a name that must be lower case' }],
    ],
  ]
  it.each(rows)('%s', (_, input, expected) => {
    const errors = errorsOf(input)
    expect(errors).toHaveLength(expected.length)
    expected.forEach((item, i) => {
      expect(errors[i]).toMatchObject(item)
    })
  })
  it('[Q7.5] no token gets into a value', () => {
    const errors = errorsOf(body({ token: 'tell', note: 'x my-host-token y' }), 'my-host-token')
    expect(JSON.stringify(errors)).not.toMatch(/tell|my-host-token/)
  })
  it('the harmless prototype key changes no object', () => {
    errorsOf(JSON.parse('{"title":"t","__proto__":{"polluted":1}}'))
    expect('polluted' in {}).toBe(false)
  })
})

it('[Q9.1] past a thousand problems they are counted, not listed', () => {
  const unknown = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 1]))
  const checked = checkBody(schema, { title: 7, questions: [{ type: 'typed', ...unknown(600) }], ...unknown(5_000) })
  if (checked.ok) throw new Error('it was taken')
  expect([checked.errors.length, checked.more]).toEqual([1_000, 4_601])
  const error = invalid(checked.errors, checked.more)
  expect(error.errors).toHaveLength(1_000)
  expect(error.message).toBe('/title must be a text, not a number (and 5600 more)')
})
it('[Q9.1] pointers are escaped as RFC 6901 says', () => {
  expect(pointerTo(['a/b', '~', 0])).toBe('/a~1b/~0/0')
  expect(pointerTo([])).toBe('')
})

describe('[Q9.1] query parameters', () => {
  const query = z.object({
    limit: queryInt({ min: 1, max: 1_000, default: 100 }),
    after: queryAfter(),
    user_id: queryText({ max: 10 }),
  })
  const check = (text: string) => checkQuery(query, parseQuery(text))
  it('have defaults, ignore what they do not know, and decode', () => {
    expect(check('')).toEqual({ ok: true, value: { limit: 100 } })
    expect(check('limit=1000&unknown=1&__proto__=2&after=a%2Fb+c&user_id=%C3%A4')).toEqual({
      ok: true,
      value: { limit: 1_000, after: 'a/b c', user_id: 'ä' },
    })
  })
  const bad = ['abc', '0', '1001', '1.5', '', '-1', '1e2', ' 5', '0x10', '9'.repeat(30), 'Infinity']
  it.each(bad)('limit=%s is refused with its name', (value) => {
    expect(check(`limit=${value}`)).toMatchObject({
      ok: false,
      errors: [{ parameter: 'limit', detail: 'must be a whole number from 1 to 1000' }],
    })
  })
  it('a repeated one is refused', () => {
    expect(check('limit=1&limit=2')).toEqual({
      ok: false,
      errors: [{ parameter: 'limit', detail: 'must be given only once', value: ['1', '2'] }],
      more: 0,
    })
  })
  it('all problems are told', () => {
    const checked = check(`limit=0&after=&user_id=${'x'.repeat(11)}`)
    expect(checked.ok ? [] : checked.errors.map((error) => error.parameter)).toEqual(['limit', 'after', 'user_id'])
  })
  it.each(['a=%', '%zz=1', 'a=%C3', 'a=%ff'])('"%s" is not well percent-encoded', (text) => {
    expect(parseQuery(text)).toBeUndefined()
  })
  it('odd separators are read leniently', () => {
    expect({ ...parseQuery('&&a=1&b&=x&c=1=2') }).toEqual({ a: '1', b: '', '': 'x', c: '1=2' })
  })
})
