/**
 * How services reach MongoDB and PostgreSQL: by a URL with the credentials in it, which comes from a Secret; what TLS needs is
 * put behind it when the container starts (`$(NAME)` is Kubernetes' own substitution).
 */
import type { SecretRef } from '../crd/fields.ts'
import type { Build } from '../platform/build.ts'
import { mongodbCredentials, postgresqlCredentials } from '../secrets/names.ts'
import { FILES, type File, type Runtime, runtimeOf, secretValue, value } from '../workloads/runtime.ts'

export const MONGODB_PORT = 27017
export const POSTGRESQL_PORT = 5432

/** The Secret in which MongoDB's operator is told to write the URL. */
export const mongodbConnectionSecret = ({ name }: Pick<Build, 'name'>) => `${name}-mongodb-connection`

interface Url {
  uri: SecretRef
  /** Query parameters to add. */
  parameters: string[]
  /** Whether the URL has a query already. */
  hasQuery: boolean
  files: File[]
}

const urlRuntime = (variable: string, { uri, parameters, hasQuery, files }: Url): Runtime => {
  if (parameters.length === 0) return runtimeOf({ env: [secretValue(variable, uri)], files })
  const base = `${variable}_BASE`
  return runtimeOf({
    // In this order: a variable can only use those before it.
    env: [secretValue(base, uri), value(variable, `$(${base})${hasQuery ? '&' : '?'}${parameters.join('&')}`)],
    files,
  })
}

const pem = (path: string, ref: SecretRef): File => ({ path, source: 'secret', ref })

export const mongodbConnection = (build: Build): Runtime =>
  runtimeOf({ env: [value('QUIZBOARD_MONGODB_DATABASE', build.spec.mongodb.database)] }, mongodbUrl(build))

const mongodbUrl = (build: Build): Runtime => {
  const { mongodbCommunity, external } = build.spec.mongodb
  if (mongodbCommunity) {
    const { tls } = mongodbCommunity
    return urlRuntime('MONGODB_URL', {
      uri: { name: mongodbConnectionSecret(build), key: 'connectionString.standard' },
      // Its operator writes ssl=true into the URL by itself.
      parameters: tls ? [`tlsCAFile=${FILES}/mongodb/ca.crt`] : [],
      hasQuery: true,
      files: tls ? [pem('mongodb/ca.crt', { name: tls.caSecret, key: 'ca.crt' })] : [],
    })
  }
  if (external) {
    const { uri, ca, clientCertificate } = external
    return urlRuntime('MONGODB_URL', {
      uri,
      parameters: [
        ...(ca ? ['tls=true', `tlsCAFile=${FILES}/mongodb/ca.crt`] : []),
        ...(clientCertificate ? [`tlsCertificateKeyFile=${FILES}/mongodb/tls.pem`] : []),
      ],
      hasQuery: build.facts.hasQuery(uri),
      files: [
        ...(ca ? [pem('mongodb/ca.crt', ca)] : []),
        ...(clientCertificate ? [pem('mongodb/tls.pem', clientCertificate)] : []),
      ],
    })
  }
  return runtimeOf({ env: [secretValue('MONGODB_URL', { name: mongodbCredentials(build), key: 'uri' })] })
}

const verified = (ca: SecretRef | undefined): Pick<Url, 'parameters' | 'files'> =>
  ca
    ? {
        parameters: ['sslmode=verify-full', `sslrootcert=${FILES}/postgresql/ca.crt`],
        files: [pem('postgresql/ca.crt', ca)],
      }
    : { parameters: [], files: [] }

export const cnpgClusterName = ({ name }: Pick<Build, 'name'>) => `${name}-postgresql`

export const postgresqlConnection = (build: Build): Runtime => {
  const { cnpg, external } = build.spec.postgresql
  if (cnpg) {
    const cluster = cnpgClusterName(build)
    return urlRuntime('POSTGRES_URL', {
      uri: { name: `${cluster}-app`, key: 'uri' },
      hasQuery: false,
      // The Secret has the authority's private key too: only the certificate is mounted.
      ...verified({ name: `${cluster}-ca`, key: 'ca.crt' }),
    })
  }
  if (external)
    return urlRuntime('POSTGRES_URL', {
      uri: external.uri,
      hasQuery: build.facts.hasQuery(external.uri),
      ...verified(external.ca),
    })
  return runtimeOf({ env: [secretValue('POSTGRES_URL', { name: postgresqlCredentials(build), key: 'uri' })] })
}
