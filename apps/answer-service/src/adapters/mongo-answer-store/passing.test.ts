import { MongoServerError } from 'mongodb'
import { expect, it } from 'vitest'
import { isPassing } from './passing.ts'

const labelled = (label: string) => {
  const error = new MongoServerError({ message: 'x', code: 1 })
  error.addErrorLabel(label)
  return error
}

it.each<[string, MongoServerError, boolean]>([
  ['a primary that steps down', new MongoServerError({ message: 'x', code: 10_107 }), true],
  ['a server that stops', new MongoServerError({ message: 'x', code: 11_600 }), true],
  ['a commit without a word', labelled('UnknownTransactionCommitResult'), true],
  ['a document that is too large', new MongoServerError({ message: 'x', code: 10_334 }), false],
  ['a duplicate key', new MongoServerError({ message: 'x', code: 11_000 }), false],
])('[Q9.6] %s', (_, error, expected) => {
  expect(isPassing(error)).toBe(expected)
})
