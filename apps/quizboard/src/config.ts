/**
 * Every setting of the one-process product: read once, all problems at once. `npm start -- --help` shows this list.
 */
import { resolve } from 'node:path'
import { schema as answerSchema, readAnswerSettings } from '@quizboard/answer-service/config.ts'
import { schema as leaderboardSchema, readLeaderboardSettings } from '@quizboard/leaderboard-service/config.ts'
import { schema as quizSchema, readQuizSettings } from '@quizboard/quiz-service/config.ts'
import { describeConfig, type Env, readAll, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { unknownNames } from '@quizboard/shared/process/settings.ts'
import { z } from 'zod'

const MOST = 1_000_000
const count = (fallback: number) => setting.int({ min: 1, max: MOST, default: fallback })
const port = (fallback: number) => setting.int({ min: 0, max: 65_535, default: fallback })

interface Described {
  schema: z.ZodType
  about: string
}
const settings = {
  QUIZBOARD_PORT: { schema: port(8080), about: 'port of everything: pages, API, WebSockets; 0: any free one (8080)' },
  QUIZBOARD_HOST: { schema: setting.text({ default: '' }), about: 'address to listen on (all of this machine)' },
  QUIZBOARD_PUBLIC_URL: {
    schema: setting.url({ protocols: ['http', 'https'] }).optional(),
    about: 'how people reach it, if not by this machine’s address: the join link begins with it',
  },
  QUIZBOARD_DATA_DIR: {
    schema: setting.text({ default: '.quizboard' }),
    about: 'folder for everything that is kept (.quizboard)',
  },
  QUIZBOARD_HOST_TOKEN: {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{1,500}$/, 'must be 1–500 printable ASCII characters without spaces')
      .optional(),
    about: 'the host’s token for the API (made at the first start, kept in the data folder)',
  },
  QUIZBOARD_LOG_LEVEL: {
    schema: setting.oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { default: 'warn' }),
    about: 'what is logged to standard error (warn)',
  },
  QUIZBOARD_LOG_FORMAT: {
    schema: setting.oneOf(['pretty', 'json']).optional(),
    about: 'pretty or json (pretty on a terminal, else json)',
  },
  QUIZBOARD_METRICS_PORT: {
    schema: setting.int({ min: 0, max: 65_535 }).optional(),
    about: 'port of /metrics, for operators (9464, or a free one if that is taken)',
  },
  QUIZBOARD_METRICS_HOST: {
    schema: setting.text({ default: '127.0.0.1' }),
    about: 'address of /metrics (127.0.0.1)',
  },
  QUIZBOARD_TRUSTED_PROXIES: {
    schema: setting.int({ min: 0, max: 10, default: 0 }),
    about: 'how many proxies in front tell the client’s address (0)',
  },
  QUIZBOARD_CONNECTIONS_LIMIT: { schema: count(30_000), about: 'open connections (30000)' },
  QUIZBOARD_WRONG_TOKENS_PER_S: { schema: count(10), about: 'wrong tokens a second from one address (10)' },
  QUIZBOARD_WRONG_TOKENS_BURST: { schema: count(100), about: 'wrong tokens at once from one address (100)' },
} satisfies Record<string, Described>

type Settings = typeof settings
const schema = z.object(
  Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as {
    [Name in keyof Settings]: Settings[Name]['schema']
  },
)

const METRICS_PORT = 9464

/** Settings by what they are for. Throws ConfigError with all problems of all parts at once. */
export const readSettings = (env: Env) => {
  const { own, ...services } = readAll({
    own: () => readOwnSettings(env),
    // The database is the embedded one, whose address is not known yet.
    quiz: () => readQuizSettings({ ...env, POSTGRES_URL: 'postgres://embedded' }),
    answers: () => readAnswerSettings(env),
    leaderboard: () => readLeaderboardSettings(env),
  })
  return { ...own, ...services }
}
export type QuizboardSettings = ReturnType<typeof readSettings>

/** Of the launcher itself. */
export const readOwnSettings = (env: Env) => {
  const set = readConfig(schema, env)
  return {
    port: set.QUIZBOARD_PORT,
    host: set.QUIZBOARD_HOST,
    publicUrl: set.QUIZBOARD_PUBLIC_URL?.replace(/\/+$/, ''),
    dataDir: resolve(set.QUIZBOARD_DATA_DIR),
    hostToken: set.QUIZBOARD_HOST_TOKEN,
    logLevel: set.QUIZBOARD_LOG_LEVEL,
    logFormat: set.QUIZBOARD_LOG_FORMAT,
    metrics: {
      port: set.QUIZBOARD_METRICS_PORT ?? METRICS_PORT,
      /** Nobody asked for this very port: a free one does as well. */
      anyPort: set.QUIZBOARD_METRICS_PORT === undefined,
      host: set.QUIZBOARD_METRICS_HOST,
    },
    trustedProxies: set.QUIZBOARD_TRUSTED_PROXIES,
    connectionsLimit: set.QUIZBOARD_CONNECTIONS_LIMIT,
    wrongTokens: { ratePerS: set.QUIZBOARD_WRONG_TOKENS_PER_S, burst: set.QUIZBOARD_WRONG_TOKENS_BURST },
  }
}

/** Of the services: each of them has a default. The database is the embedded one. */
const fineTuning = Object.fromEntries(
  Object.entries({ ...quizSchema.shape, ...answerSchema.shape, ...leaderboardSchema.shape }).filter(([name]) =>
    name.startsWith('QUIZBOARD_'),
  ),
)

/** Names of ours in the environment that mean nothing: typing errors, as a rule. */
export const unknownSettings = (env: Env): string[] =>
  unknownNames(env, [...Object.keys(settings), ...Object.keys(fineTuning)])

/** One line for each setting, with its default. */
export const describeSettings = (): string =>
  [
    ...describeConfig(
      Object.fromEntries(Object.entries(settings).map(([name, s]) => [name, s.schema.describe(s.about)])),
    ),
    '',
    'Fine tuning:',
    '',
    ...describeConfig(fineTuning),
  ].join('\n')
