import { expect, it } from 'vitest'
import { printText, printValue, shownValue } from './print-value.ts'

const JWT = 'eyJhbGciOiJFZERTQSIsImtpZCI6IjEifQ.eyJzdWIiOiJ1In0.c2lnbmF0dXJl'

it('[Q9.1] small values are shown as they are', () => {
  for (const value of [null, true, 0, -1.5, '', 'a text', [], {}, [1, 'b'], { a: { b: [null] } }])
    expect(shownValue(value)).toEqual(value)
})
it('[Q9.1] what is long is cut to 100 characters, and no surrogate pair is halved', () => {
  expect(shownValue('x'.repeat(100))).toBe('x'.repeat(100))
  expect(shownValue('x'.repeat(101))).toBe(`${'x'.repeat(99)}…`)
  for (let pad = 0; pad < 4; pad++) {
    const shown = printText(`${'y'.repeat(pad)}${'🦉'.repeat(200)}`)
    expect(shown.isWellFormed()).toBe(true)
    expect(shown.length).toBeLessThanOrEqual(100)
  }
  expect(String(shownValue(Array(1_000).fill('abc'))).length).toBe(100)
  expect(String(shownValue({ key: 'v'.repeat(5_000) })).length).toBeLessThanOrEqual(100)
})
it('[Q9.1] numbers that JSON cannot hold are shown as text', () => {
  expect(shownValue(Number.POSITIVE_INFINITY)).toBe('Infinity')
  expect(shownValue(Number.NaN)).toBe('NaN')
})
it('[Q9.1] 50,000 nested lists or objects overflow nothing', () => {
  const lists = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  expect(shownValue(lists)).toBe(`${'['.repeat(99)}…`)
  const objects = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)
  expect(String(shownValue(objects)).length).toBe(100)
})
it('[Q9.1] no code of the value runs', () => {
  const trap = () => {
    throw new Error('ran')
  }
  const value = Object.defineProperty({ toJSON: trap, toString: trap }, 'x', { get: trap, enumerable: true })
  expect(printValue(value)).toBe('{"toJSON":[function],"toString":[function],"x":"[getter]"}')
})
it('[Q9.1] prototype keys are fields like others', () => {
  const value = JSON.parse('{"__proto__":{"a":1},"constructor":2}')
  expect(printValue(value)).toBe('{"__proto__":{"a":1},"constructor":2}')
  expect(({} as Record<string, unknown>).a).toBeUndefined()
})
it('[Q7.5] a token is never shown: whole, cut, within a text, below a name, or as the secret at hand', () => {
  const shown = [
    shownValue(JWT),
    shownValue(JWT.slice(0, 30)),
    shownValue({ name: JWT }),
    shownValue([`Bearer ${JWT}`]),
    shownValue({ token: 'abc', 'x-Authorization': 'def' }),
    shownValue(`${'x'.repeat(60)}my-secret-host-token-that-is-long`, 100, 'my-secret-host-token-that-is-long'),
    shownValue(`${'x'.repeat(190)}my-secret-host-token-that-is-long`, 100, 'my-secret-host-token-that-is-long'),
  ]
  const text = JSON.stringify(shown)
  for (const secret of [JWT.slice(0, 20), 'abc', 'def', 'my-secret']) expect(text).not.toContain(secret)
})
