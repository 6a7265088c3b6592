import { generateKey } from '@quizboard/shared/auth/tokens.ts'
import { systemClock } from '@quizboard/shared/kit/system.ts'
import { expect, it } from 'vitest'
import { publicKeysOf, secretFacts } from './observe-secrets.ts'

const encode = (text: string) => Buffer.from(text).toString('base64')
const REF = { name: 'quizboard-signing-key', key: 'signing-key.json' }
const SECRET = 'c2VjcmV0LXZhbHVl'

it('of a Secret only hashes are kept, and whether a URL has a query', () => {
  const facts = secretFacts({ uri: encode('mongodb://user:hunter2@host/?a=b'), plain: encode('x'), empty: '' })
  expect(Object.keys(facts.keys)).toEqual(['uri', 'plain'])
  expect(facts.keys.uri?.hasQuery).toBe(true)
  expect(facts.keys.plain?.hasQuery).toBe(false)
  expect(JSON.stringify(facts)).not.toContain('hunter2')
  expect(secretFacts({ uri: encode('a') }).keys.uri?.hash).not.toBe(secretFacts({ uri: encode('b') }).keys.uri?.hash)
})

it('the public half comes out of the private key, and nothing else of it', async () => {
  const jwk = await generateKey()
  const keys = publicKeysOf({ [REF.key]: encode(JSON.stringify(jwk)) }, REF, systemClock)
  expect(keys).toMatchObject({ ok: true, jwks: { keys: [{ kid: jwk.kid, x: jwk.x }] } })
  expect(JSON.stringify(keys)).not.toContain(String(jwk.d))
})

it('a key that is not there yet is no problem', () => {
  expect(publicKeysOf(undefined, REF, systemClock)).toBeUndefined()
  expect(publicKeysOf({ other: encode('x') }, REF, systemClock)).toBeUndefined()
})

it.each([
  SECRET,
  `{"d":"${SECRET}"`,
  `"${SECRET}"`,
  `{"kty":"OKP","crv":"Ed25519","d":"${SECRET}"}`,
  `{"kty":"RSA","d":"${SECRET}"}`,
])('a bad key is refused without being quoted: %s', (text) => {
  const keys = publicKeysOf({ [REF.key]: encode(text) }, REF, systemClock)
  expect(keys).toMatchObject({
    ok: false,
    problem: expect.stringContaining('Secret quizboard-signing-key (key signing-key.json)'),
  })
  expect(JSON.stringify(keys)).not.toContain(SECRET)
})
