/** The Secrets that are made once and never changed, as recipes: what is random is drawn when one is made. */
import { type Build, hostOf, nameOf } from '../platform/build.ts'
import { kafkaCredentials, mongodbCredentials, postgresqlCredentials } from './names.ts'

export type Recipe =
  /** So many random bytes, as hexadecimal digits: nothing in it needs quoting anywhere. */
  | { make: 'random'; bytes: number }
  /** A private Ed25519 key as a JWK. */
  | { make: 'signing key' }
  /** `{key}` stands for what another recipe of the same Secret made. */
  | { make: 'text'; text: string }

export interface GeneratedSecret {
  name: string
  /** What it is for, for people. */
  about: string
  data: Record<string, Recipe>
}

export const USER = 'quizboard'
/** Of the passwords; the bundled MongoDB's script counts on it. */
export const PASSWORD_BYTES = 24
const password: Recipe = { make: 'random', bytes: PASSWORD_BYTES }

export const generatedSecrets = (build: Build): GeneratedSecret[] => {
  const { name, spec } = build
  const mongodbHost = hostOf(build, nameOf(build, 'mongodb'))
  const postgresqlHost = hostOf(build, nameOf(build, 'postgresql'))
  const secrets: (GeneratedSecret | false)[] = [
    !spec.secrets.hostToken && {
      name: `${name}-host-token`,
      about: 'the hosts’ token for the API',
      data: { token: { make: 'random', bytes: 32 } },
    },
    !spec.secrets.signingKey && {
      name: `${name}-signing-key`,
      about: 'signs players’ tokens',
      data: { 'signing-key.json': { make: 'signing key' } },
    },
    !spec.secrets.internalSecret && {
      name: `${name}-internal-secret`,
      about: 'by which the services know each other',
      data: { secret: { make: 'random', bytes: 32 } },
    },
    spec.kafka.bundled !== undefined && {
      name: kafkaCredentials(build),
      about: 'log-in at the bundled Kafka',
      data: { username: { make: 'text', text: USER }, password },
    },
    spec.mongodb.bundled !== undefined && {
      name: mongodbCredentials(build),
      about: 'log-in at the bundled MongoDB',
      data: {
        password,
        keyfile: { make: 'random', bytes: 256 },
        uri: {
          make: 'text',
          text: `mongodb://${USER}:{password}@${mongodbHost}:27017/?replicaSet=rs0&authSource=admin`,
        },
      },
    },
    spec.mongodb.mongodbCommunity !== undefined && {
      name: mongodbCredentials(build),
      about: 'password of our user in MongoDB',
      data: { password },
    },
    spec.postgresql.bundled !== undefined && {
      name: postgresqlCredentials(build),
      about: 'log-in at the bundled PostgreSQL',
      data: {
        password,
        'superuser-password': password,
        uri: { make: 'text', text: `postgresql://${USER}:{password}@${postgresqlHost}:5432/${USER}` },
      },
    },
  ]
  return secrets.filter((secret) => secret !== false)
}
