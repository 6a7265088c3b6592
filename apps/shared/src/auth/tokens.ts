/**
 * Tokens: JSON Web Tokens signed by Ed25519 (`alg` EdDSA) with a `kid`, and the host's opaque token from the settings.
 * The quiz-service signs; every service verifies with the public keys.
 */
import { createHash, hash, timingSafeEqual } from 'node:crypto'
import {
  type CryptoKey,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from 'jose'
import { z } from 'zod'
import type { Caller } from '../http/route.ts'
import type { Clock } from '../ports/clock.ts'

/** A longer token is refused before anything looks into it. */
export const TOKEN_MAX_BYTES = 4 * 1024

const ALG = 'EdDSA'
const id = z.string().min(1).max(200)
const playerClaims = z.object({ sub: id, quiz_id: id, role: z.literal('player'), iat: z.int().nonnegative() })
const hostClaims = z.object({ role: z.literal('host'), exp: z.int().nonnegative().optional() })
const claimsSchema = z.discriminatedUnion('role', [playerClaims, hostClaims])

export interface Signer {
  /** A player's token; it has no expiry of its own. The same claims give the same token. */
  player(claims: { user_id: string; quiz_id: string; issued_at_ms: number }): Promise<string>
  /** A host's token that expires; `expires_at_ms` is rounded down to a second. */
  host(claims: { expires_at_ms: number }): Promise<string>
  /** What verifiers need, as /.well-known/jwks.json would have it. */
  publicJwks: JSONWebKeySet
}

export type Verification =
  | { ok: true; caller: Caller }
  | { ok: false; code: 'auth/invalid' | 'auth/expired'; detail: string }

export interface Verifier {
  /** Never rejects for what is in the token. */
  verify(token: string): Promise<Verification>
}

/** RFC 7638. */
const thumbprint = ({ crv, kty, x }: JWK): string =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')

/** A new private signing key as a JWK, its `kid` the thumbprint. */
export const generateKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair(ALG, { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, alg: ALG, use: 'sig', kid: thumbprint(jwk) }
}

const checkKey = (jwk: JWK) => {
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.x !== 'string')
    throw new Error(`a signing key must be an Ed25519 JWK (kty OKP), not ${jwk.kty} ${jwk.crv ?? ''}`)
}

/** `privateJwk`: from `generateKey`. Throws if it is no private Ed25519 key. */
export const createSigner = ({ privateJwk, clock }: { privateJwk: JWK; clock: Clock }): Signer => {
  checkKey(privateJwk)
  if (typeof privateJwk.d !== 'string') throw new Error('a signing key must be private: its `d` is missing')
  const kid = privateJwk.kid ?? thumbprint(privateJwk)
  const publicJwk: JWK = { kty: 'OKP', crv: 'Ed25519', x: privateJwk.x as string, kid, alg: ALG, use: 'sig' }
  let imported: Promise<CryptoKey | Uint8Array> | undefined
  const sign = async (token: SignJWT) => {
    imported ??= importJWK(privateJwk, ALG)
    return token.setProtectedHeader({ alg: ALG, kid, typ: 'JWT' }).sign(await imported)
  }
  const seconds = (ms: number) => Math.floor(ms / 1000)
  return {
    player: ({ user_id, quiz_id, issued_at_ms }) =>
      sign(new SignJWT({ sub: user_id, quiz_id, role: 'player', iat: seconds(issued_at_ms) })),
    host: ({ expires_at_ms }) =>
      sign(new SignJWT({ role: 'host', iat: seconds(clock.now()), exp: seconds(expires_at_ms) })),
    publicJwks: { keys: [publicJwk] },
  }
}

interface Verified {
  caller: Caller
  /** Milliseconds since the Unix epoch; Infinity: none. */
  expiresAt: number
}
const EXPIRED = { ok: false, code: 'auth/expired', detail: 'The token has expired' } as const
const invalid = (why: string) =>
  ({ ok: false, code: 'auth/invalid', detail: `The token is not valid: ${why}` }) as const
const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer')

/** Finds the key by `kid` alone: neither keys nor addresses of keys in a token's header are looked at. */
const keySource = (jwks: JSONWebKeySet): JWTVerifyGetKey => {
  const byKid = new Map<string, Promise<CryptoKey | Uint8Array>>()
  for (const jwk of jwks.keys) {
    checkKey(jwk)
    const { kty, crv, x } = jwk
    byKid.set(jwk.kid ?? thumbprint(jwk), importJWK({ kty, crv, x, alg: ALG } as JWK, ALG))
  }
  return async ({ kid }) => {
    const key = typeof kid === 'string' ? byKid.get(kid) : undefined
    if (!key) throw new errors.JWKSNoMatchingKey('unknown key')
    return key
  }
}

/**
 * `hostToken`: the configured opaque token of the host. Verified tokens are remembered (by their SHA-256, so no token
 * stays in memory), `cacheSize` of them, those used last.
 */
export const createVerifier = (options: {
  jwks: JSONWebKeySet
  hostToken?: string
  clock: Clock
  cacheSize?: number
}): Verifier => {
  const { jwks, hostToken, clock, cacheSize = 20_000 } = options
  if (hostToken === '') throw new Error('the host token must not be empty')
  const hostDigest = hostToken === undefined ? undefined : sha256(hostToken)
  const keyOf = keySource(jwks)
  const cache = new Map<string, Verified>()

  const check = async (token: string): Promise<Verified | ReturnType<typeof invalid> | typeof EXPIRED> => {
    try {
      const { payload } = await jwtVerify(token, keyOf, { algorithms: [ALG], currentDate: new Date(clock.now()) })
      const claims = claimsSchema.safeParse(payload)
      if (!claims.success) return invalid('it lacks the claims of a player or host')
      if (claims.data.role === 'host')
        return {
          caller: { role: 'host' },
          expiresAt: claims.data.exp === undefined ? Infinity : claims.data.exp * 1000,
        }
      return {
        caller: { role: 'player', quiz_id: claims.data.quiz_id, user_id: claims.data.sub },
        expiresAt: payload.exp === undefined ? Infinity : payload.exp * 1000,
      }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return EXPIRED
      return invalid(reasonOf(error))
    }
  }

  return {
    async verify(token) {
      // Not parsed, not hashed: length in UTF-16 units is at most the bytes.
      if (token.length > TOKEN_MAX_BYTES) return invalid(`it is longer than ${TOKEN_MAX_BYTES} bytes`)
      const digest = sha256(token)
      if (hostDigest && timingSafeEqual(digest, hostDigest)) return { ok: true, caller: { role: 'host' } }
      const key = digest.toString('latin1')
      let verified = cache.get(key)
      if (!verified) {
        const checked = await check(token)
        if ('ok' in checked) return checked
        verified = checked
        if (cache.size >= cacheSize) {
          const [oldest] = cache.keys()
          if (oldest !== undefined) cache.delete(oldest)
        }
      } else cache.delete(key)
      cache.set(key, verified) // Again at the end: the order is that of use.
      return clock.now() < verified.expiresAt ? { ok: true, caller: verified.caller } : EXPIRED
    },
  }
}

/** Our words, not the library's, and nothing of the token. */
const reasonOf = (error: unknown): string => {
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return 'its algorithm is not EdDSA'
  if (error instanceof errors.JWKSNoMatchingKey) return 'its key is not known here'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong'
  if (error instanceof errors.JWTClaimValidationFailed) return 'its times are not those of now'
  return 'it is not a token of ours'
}
