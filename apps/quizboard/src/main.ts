/** What `npm start` runs: arguments, settings, the product, and its end. The parts themselves are put together in product.ts. */
import { EmbeddedPostgresError } from '@quizboard/quiz-service/adapters/embedded-postgres.ts'
import { ConfigError } from '@quizboard/shared/kit/config.ts'
import { createShutdown } from '@quizboard/shared/kit/lifecycle.ts'
import { createLogger, type Logger } from '@quizboard/shared/kit/logger.ts'
import { HELP, parseArguments } from './arguments.ts'
import { banner } from './banner.ts'
import { describeSettings, type QuizboardSettings, readSettings, unknownSettings } from './config.ts'
import { startDemo } from './demo/start.ts'
import { installEnding } from './ending.ts'
import { startProduct } from './product.ts'
import { Trouble } from './trouble.ts'

const say = (line: string) => console.log(line)

const main = async (): Promise<void> => {
  const args = parseArguments(process.argv.slice(2))
  if (args.help) return say(HELP + describeSettings())
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
    say(banner({ links, loginCode: product.createLoginCode(), dataDir: settings.dataDir }))
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

const isPretty = ({ logFormat }: QuizboardSettings) =>
  (logFormat ?? (process.stderr.isTTY ? 'pretty' : 'json')) === 'pretty'

/** What the user can mend, in plain words; anything else is an error of ours, with its stack. */
const tell = (error: unknown, logger?: Logger) => {
  if (error instanceof Trouble || error instanceof ConfigError || error instanceof EmbeddedPostgresError)
    console.error(`\n${error.message}\n`)
  else if (logger) logger.fatal({ err: error }, 'Quizboard could not start')
  else console.error(error)
}

try {
  await main()
} catch (error) {
  tell(error)
  process.exitCode = 1
}
