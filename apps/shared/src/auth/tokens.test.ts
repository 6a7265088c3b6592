import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createSigner, createVerifier, generateKey, type Signer, type Verifier } from './tokens.ts'

const HOST = 'the-host-token-of-this-test'
const START = Date.UTC(2026, 0, 1)
const clock = createFakeClock(START)
let signer: Signer
let verifier: Verifier
let privateJwk: Awaited<ReturnType<typeof generateKey>>
let token: string

beforeAll(async () => {
  privateJwk = await generateKey()
  signer = createSigner({ privateJwk, clock })
  verifier = createVerifier({ jwks: signer.publicJwks, hostToken: HOST, clock })
  token = await signer.player({ user_id: 'u1', quiz_id: 'QUIZ', issued_at_ms: START })
})

const part = (text: string, i: number) => text.split('.')[i] ?? ''
const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const ours = (claims: JWTPayload, header: Record<string, unknown> = {}) => {
  const head = json({ alg: 'EdDSA', kid: privateJwk.kid, ...header })
  const signed = `${head}.${json(claims)}`
  const { d = '', x = '' } = privateJwk
  const key = { key: { kty: 'OKP', crv: 'Ed25519', d, x }, format: 'jwk' } as const
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}
const claims = { sub: 'u1', quiz_id: 'QUIZ', role: 'player', iat: START / 1000 }

describe('[Q7.5] good tokens', () => {
  it("a player's token names player and quiz, again and again", async () => {
    const caller = { role: 'player', user_id: 'u1', quiz_id: 'QUIZ' }
    for (let i = 0; i < 3; i++) expect(await verifier.verify(token)).toEqual({ ok: true, caller })
  })
  it('the same claims give the same token: a repeated join gets what it got', async () => {
    expect(await signer.player({ user_id: 'u1', quiz_id: 'QUIZ', issued_at_ms: START + 999 })).toBe(token)
  })
  it('the configured host token is the host', async () => {
    expect(await verifier.verify(HOST)).toEqual({ ok: true, caller: { role: 'host' } })
    expect(await verifier.verify(`${HOST}x`)).toMatchObject({ ok: false, code: 'auth/invalid' })
  })
  it('a signed host token is the host until it expires, also from memory', async () => {
    const later = createFakeClock(START)
    const check = createVerifier({ jwks: signer.publicJwks, clock: later })
    const host = await signer.host({ expires_at_ms: START + 60_000 })
    expect(await check.verify(host)).toEqual({ ok: true, caller: { role: 'host' } })
    await later.advance(59_000)
    expect(await check.verify(host)).toMatchObject({ ok: true })
    await later.advance(1_000)
    expect(await check.verify(host)).toMatchObject({ ok: false, code: 'auth/expired' })
    const fresh = createVerifier({ jwks: signer.publicJwks, clock: later })
    expect(await fresh.verify(host)).toMatchObject({ ok: false, code: 'auth/expired' })
  })
  it('the public keys hold nothing private', () => {
    expect(JSON.stringify(signer.publicJwks)).not.toContain(privateJwk.d)
    expect(signer.publicJwks.keys[0]).toMatchObject({ kid: privateJwk.kid, alg: 'EdDSA', crv: 'Ed25519' })
  })
})

describe('[Q7.5] everything else is auth/invalid', () => {
  const foreign = generateKeyPairSync('ed25519').privateKey
  const publicBytes = () => Buffer.from(String(signer.publicJwks.keys[0]?.x), 'base64url')
  const hmac = (head: string, key: Buffer | string) =>
    `${head}.${part(token, 1)}.${createHmac('sha256', key)
      .update(`${head}.${part(token, 1)}`)
      .digest('base64url')}`
  const rows: [string, () => string | Promise<string>][] = [
    ['alg none', () => `${json({ alg: 'none' })}.${part(token, 1)}.`],
    [
      'alg None with our kid',
      () => `${json({ alg: 'None', kid: privateJwk.kid })}.${part(token, 1)}.${part(token, 2)}`,
    ],
    ['HS256 with the public key', () => hmac(json({ alg: 'HS256', kid: privateJwk.kid }), publicBytes())],
    ['HS256 with the JWK as text', () => hmac(json({ alg: 'HS256' }), JSON.stringify(signer.publicJwks.keys[0]))],
    [
      'another alg over our signature',
      () => `${json({ alg: 'ES256', kid: privateJwk.kid })}.${part(token, 1)}.${part(token, 2)}`,
    ],
    ['our key under an unknown kid', () => ours(claims, { kid: 'other' })],
    ['no kid', () => ours(claims, { kid: undefined })],
    ['a kid that is a list', () => ours(claims, { kid: [privateJwk.kid] })],
    ['a prototype name as kid', () => ours(claims, { kid: '__proto__' })],
    ['a changed payload', () => `${part(token, 0)}.${json({ ...claims, quiz_id: 'OTHER' })}.${part(token, 2)}`],
    ['a player who says host', () => `${part(token, 0)}.${json({ role: 'host' })}.${part(token, 2)}`],
    [
      'a foreign key under our kid',
      () => {
        const signed = `${part(token, 0)}.${part(token, 1)}`
        return `${signed}.${sign(null, Buffer.from(signed), foreign).toString('base64url')}`
      },
    ],
    [
      'a foreign key that the header brings along',
      async () => new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', jwk: await exportJWK(foreign) }).sign(foreign),
    ],
    ['an unknown critical header', () => ours(claims, { crit: ['x'], x: 1 })],
    ['half of it', () => token.slice(0, token.length / 2)],
    ['all but the last character', () => token.slice(0, -1)],
    ['four parts', () => `${token}.x`],
    ['two parts', () => token.split('.').slice(0, 2).join('.')],
    ['an empty text', () => ''],
    ['no base64', () => 'ä.ö.ü'],
    ['dots', () => '..'],
    ['a payload that is a list', () => ours([] as unknown as JWTPayload)],
    ['no role', () => ours({ sub: 'u1', quiz_id: 'QUIZ', iat: 1 })],
    ['an unknown role', () => ours({ ...claims, role: 'admin' })],
    ['a player without a quiz', () => ours({ sub: 'u1', role: 'player', iat: 1 })],
    ['a player without a name', () => ours({ ...claims, sub: '' })],
    ['a quiz that is an object', () => ours({ ...claims, quiz_id: { $ne: '' } })],
    ['not valid before tomorrow', () => ours({ ...claims, nbf: START / 1000 + 86_400 })],
  ]
  it.each(rows)('%s', async (_, make) => {
    const wrong = await make()
    const result = await verifier.verify(wrong)
    expect(result).toMatchObject({ ok: false, code: 'auth/invalid' })
    if (wrong.length > 8) expect(JSON.stringify(result)).not.toContain(wrong)
  })
  it('a token over 4 KiB, unparsed: even a right signature does not help', async () => {
    expect(await verifier.verify(ours({ ...claims, pad: 'x'.repeat(4_000) }))).toMatchObject({ code: 'auth/invalid' })
    expect(await verifier.verify('x'.repeat(5_000))).toMatchObject({
      detail: expect.stringMatching(/longer than 4096/),
    })
  })
})

it('[Q9] verified tokens are remembered up to a number, and forgotten ones verify again', async () => {
  const small = createVerifier({ jwks: signer.publicJwks, clock, cacheSize: 2 })
  const tokens = await Promise.all(
    ['a', 'b', 'c', 'd'].map((user_id) => signer.player({ user_id, quiz_id: 'QUIZ', issued_at_ms: START })),
  )
  for (const one of [...tokens, ...tokens]) expect(await small.verify(one)).toMatchObject({ ok: true })
})
it('[Q7.5] keys that are no Ed25519 keys are refused at the start', async () => {
  const jwk = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
  expect(() => createVerifier({ jwks: { keys: [jwk] }, clock })).toThrow(/Ed25519/)
  expect(() => createSigner({ privateJwk: signer.publicJwks.keys[0] ?? {}, clock })).toThrow(/private/)
  expect(() => createVerifier({ jwks: signer.publicJwks, hostToken: '', clock })).toThrow(/empty/)
})
