/** Reads Secrets and forgets their values: what the planner gets is hashes, and the public half of the signing key. */
import { createHash } from 'node:crypto'
import type { SecretRef } from '@quizboard/cdk8s/crd/fields.ts'
import { createSigner } from '@quizboard/shared/auth/tokens.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { PublicKeys, SecretFacts } from '../domain/observed.ts'

/** Key → value in base64, as a Secret has it. */
export type SecretData = Readonly<Record<string, string>>

/** An empty value is as good as none. */
export const secretFacts = (data: SecretData): SecretFacts => ({
  keys: Object.fromEntries(
    Object.entries(data).flatMap(([key, encoded]) => {
      const bytes = Buffer.from(encoded, 'base64')
      if (bytes.length === 0) return []
      return [[key, { hash: createHash('sha256').update(bytes).digest('hex'), hasQuery: bytes.includes('?') }]]
    }),
  ),
})

/** Nothing of the key is in the problem. */
export const publicKeysOf = (data: SecretData | undefined, { name, key }: SecretRef, clock: Clock): PublicKeys => {
  const encoded = data && Object.hasOwn(data, key) ? data[key] : undefined
  if (!encoded) return undefined
  const bad = (why: string): PublicKeys => ({
    ok: false,
    problem: `the signing key in Secret ${name} (key ${key}) ${why}: it must be a private Ed25519 key as a JWK; restore it, or remove the Secret to have a new one made, with which players must join again`,
  })
  let jwk: unknown
  try {
    jwk = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))
  } catch {
    // The parser's own words would quote the key.
    return bad('is not JSON')
  }
  if (typeof jwk !== 'object' || jwk === null) return bad('is no JSON object')
  try {
    return { ok: true, jwks: createSigner({ privateJwk: jwk, clock }).publicJwks }
  } catch {
    return bad('cannot be used')
  }
}
