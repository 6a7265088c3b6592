/** What `npm start` runs: arguments, settings, the product, and its end. The parts themselves are put together in product.ts. */
import { EmbeddedPostgresError } from '@quizboard/quiz-service/adapters/embedded-postgres.ts'
import { createShutdown } from '@quizboard/shared/kit/lifecycle.ts'
import { createLogger, type Logger } from '@quizboard/shared/kit/logger.ts'
import { installEnding } from '@quizboard/shared/process/ending.ts'
import { withSecrets } from '@quizboard/shared/process/settings.ts'
import { isForUser, Trouble } from '@quizboard/shared/process/trouble.ts'
import { DEMO_PLAYERS, HELP, parseArguments } from './arguments.ts'
import { banner } from './banner.ts'
import { describeSettings, type QuizboardSettings, readSettings, unknownSettings } from './config.ts'
import { startDemo } from './demo/start.ts'
import { startProduct } from './product.ts'

const say = (line: string) => console.log(line)

const main = async (): Promise<void> => {
  const args = parseArguments(process.argv.slice(2))
  if (args.help) return say(HELP + describeSettings())
  if (args.at !== undefined) return playAt(args.at, args.demoPlayers ?? DEMO_PLAYERS.usual)
  for (const name of unknownSettings(process.env)) console.error(`${name} is not a setting of Quizboard.`)
  const settings = readSettings(process.env)
  const log = (name: string) => createLogger({ name, level: settings.logLevel, pretty: isPretty(settings) })
  const logger = log('quizboard')
  const shutdown = createShutdown(logger)
  const ending = installEnding({ logger, shutdown, say })
  try {
    const product = await startProduct({ settings, log, own: shutdown.own, onCrash: ending.crash })
    if (ending.begun) return
    const { links } = product
    product.folder.announce({ url: links.local })
    say(banner({ links, loginCode: await product.createLoginCode(), dataDir: settings.dataDir }))
    if (args.demoPlayers === undefined) return
    const { url, hostToken } = product
    const demo = startDemo({ url, publicUrl: links.shared, hostToken, players: args.demoPlayers })
    shutdown.own('demo', demo.stop)
  } catch (error) {
    // What fails once the end has begun fails because of it.
    if (ending.begun) return
    tell(error, logger)
    await ending.end('it could not start', 1)
  }
}

/** The demo alone, at a Quizboard that runs elsewhere. */
const playAt = async (url: string, players: number): Promise<void> => {
  const hostToken = withSecrets(process.env).QUIZBOARD_HOST_TOKEN
  if (!hostToken) throw new Trouble(`QUIZBOARD_HOST_TOKEN is not set: the demo needs the hosts' token of ${url}.`)
  const demo = startDemo({ url, publicUrl: url, hostToken, players })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void demo.stop())
  process.exitCode = await demo.ended
}

const isPretty = ({ logFormat }: QuizboardSettings) =>
  (logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'pretty'

/** What the user can mend, in plain words; anything else is an error of ours, with its stack. */
const tell = (error: unknown, logger?: Logger) => {
  if (isForUser(error) || error instanceof EmbeddedPostgresError) console.error(`\n${(error as Error).message}\n`)
  else if (logger) logger.fatal({ err: error }, 'Quizboard could not start')
  else console.error(error)
}

try {
  await main()
} catch (error) {
  tell(error)
  process.exitCode = 1
}
