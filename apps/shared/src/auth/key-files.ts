/** Keys of tokens, as files: the quiz-service's private key, and the public keys for all others. */
import { readFileSync } from 'node:fs'
import type { JSONWebKeySet, JWK } from 'jose'
import { z } from 'zod'
import { ConfigError, type Env, readConfig, setting } from '../kit/config.ts'

const privateKey = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() })
const publicKeys = z.object({
  keys: z.array(z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() })),
})

export const signingKeyShape = {
  QUIZBOARD_SIGNING_KEY_FILE: setting.text({}).describe('file with the private key that signs tokens, an Ed25519 JWK'),
}
export const publicKeysShape = {
  QUIZBOARD_PUBLIC_KEYS_FILE: setting.text({}).describe('file with the public keys of tokens, a JWK set'),
}

/** Throws ConfigError, which says nothing of the key. */
export const readSigningKey = (env: Env): JWK => {
  const { QUIZBOARD_SIGNING_KEY_FILE: path } = readConfig(z.object(signingKeyShape), env)
  return readJson('QUIZBOARD_SIGNING_KEY_FILE', path, privateKey, 'a private Ed25519 key as a JWK') as JWK
}

/** Throws ConfigError. */
export const readPublicKeys = (env: Env): JSONWebKeySet => {
  const { QUIZBOARD_PUBLIC_KEYS_FILE: path } = readConfig(z.object(publicKeysShape), env)
  return readJson('QUIZBOARD_PUBLIC_KEYS_FILE', path, publicKeys, 'a JWK set of Ed25519 keys with kid') as JSONWebKeySet
}

const readJson = (name: string, path: string, schema: z.ZodType, expected: string): unknown => {
  const fail = (detail: string) => new ConfigError([{ name, value: path, detail }])
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw fail(`cannot be read: ${(error as Error).message}`)
  }
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // Said below, without the text: it may hold a key.
  }
  throw fail(`must hold ${expected}`)
}
