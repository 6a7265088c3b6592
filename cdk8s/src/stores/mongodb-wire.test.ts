import { deserialize } from 'bson'
import { expect, it } from 'vitest'
import { opMsg, wireMessages } from './mongodb-wire.ts'

/** As `printf %b` writes it. */
const bytes = (text: string) => Buffer.from(text.replaceAll('\\x', ''), 'hex')
const messages = wireMessages({
  host: 'mongodb.school.svc:27017',
  user: 'quizboard',
  passwordLength: 48,
  database: 'quiz',
})
const message = (name: string) => bytes(messages[name] ?? '')
/** Past the header (16 bytes), the flags (4) and the kind of section (1). */
const document = (bytes: Buffer) => deserialize(bytes.subarray(21))

it('a message says its length, and is what MongoDB’s own library reads', () => {
  const sent = opMsg({ hello: 1, list: [{ a: 'ä' }, { b: -2 }] })
  expect(sent.readInt32LE(0)).toBe(sent.length)
  expect(sent.readInt32LE(12)).toBe(2013)
  expect(document(sent)).toEqual({ hello: 1, list: [{ a: 'ä' }, { b: -2 }], $db: 'admin' })
})

it('the set has one member, under the name that clients use', () => {
  expect(document(message('initiate.msg'))).toEqual({
    replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongodb.school.svc:27017' }] },
    $db: 'admin',
  })
})

it('the password goes between the two halves; the user may write its own database and no other', () => {
  const password = 'f'.repeat(48)
  const whole = Buffer.concat([message('user-head.msg'), Buffer.from(password), message('user-tail.msg')])
  expect(whole.readInt32LE(0)).toBe(whole.length)
  expect(document(whole)).toEqual({
    createUser: 'quizboard',
    pwd: password,
    roles: [{ role: 'readWrite', db: 'quiz' }],
    $db: 'admin',
  })
})
