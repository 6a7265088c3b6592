/** Who this installation is to its clients: the key that signs tokens, and the host's own token. Both outlive restarts. */
import { createSigner, createVerifier, generateKey, type Signer, type Verifier } from '@quizboard/shared/auth/tokens.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import { Trouble } from '@quizboard/shared/process/trouble.ts'
import type { DataFolder } from './data-folder.ts'
import { keepSecret, makeSecret } from './keys.ts'

export interface Identity {
  signer: Signer
  verifier: Verifier
  hostToken: string
}

/** `hostToken`: of the settings, if they say one. Throws Trouble when a kept secret is damaged. */
export const openIdentity = async (
  folder: Pick<DataFolder, 'file'>,
  { hostToken: configured, clock }: { hostToken: string | undefined; clock: Clock },
): Promise<Identity> => {
  const keyFile = folder.file('signing-key.json')
  const key = await keepSecret(keyFile, async () => JSON.stringify(await generateKey()))
  const hostToken = configured ?? (await makeSecret(folder.file('host-token')))
  const signer = signerOf(key, keyFile, clock)
  return { signer, hostToken, verifier: createVerifier({ jwks: signer.publicJwks, hostToken, clock }) }
}

const signerOf = (key: string, file: string, clock: Clock): Signer => {
  try {
    return createSigner({ privateJwk: JSON.parse(key), clock })
  } catch (error) {
    throw new Trouble(
      `The signing key in ${file} is damaged: ${(error as Error).message}\n` +
        'Restore the file from a backup. Without it, players who have joined must join again: then remove it.',
    )
  }
}
