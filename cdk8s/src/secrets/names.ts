/** Which Secrets a platform has: those that its spec names, and those that are made once. */
import type { SecretRef } from '../crd/fields.ts'
import type { Build } from '../platform/build.ts'

type Named = Pick<Build, 'name' | 'spec'>

export const hostToken = ({ name, spec }: Named): SecretRef =>
  spec.secrets.hostToken ?? { name: `${name}-host-token`, key: 'token' }

export const signingKey = ({ name, spec }: Named): SecretRef =>
  spec.secrets.signingKey ?? { name: `${name}-signing-key`, key: 'signing-key.json' }

export const internalSecret = ({ name, spec }: Named): SecretRef =>
  spec.secrets.internalSecret ?? { name: `${name}-internal-secret`, key: 'secret' }

/** The public half of the signing key, in a ConfigMap of its own: who verifies never sees the private one. */
export const publicKeys = ({ name }: Named): SecretRef => ({ name: `${name}-public-keys`, key: 'jwks.json' })

/** Of the stores that we run ourselves. */
export const kafkaCredentials = ({ name }: Named) => `${name}-kafka-credentials`
export const mongodbCredentials = ({ name }: Named) => `${name}-mongodb-credentials`
export const postgresqlCredentials = ({ name }: Named) => `${name}-postgresql-credentials`
