/** `npm run dev:real`: the product in several processes, on the servers that the environment names. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createShutdown } from '@quizboard/shared/kit/lifecycle.ts'
import { createLogger } from '@quizboard/shared/kit/logger.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { installEnding } from '@quizboard/shared/process/ending.ts'
import { isForUser, Trouble } from '@quizboard/shared/process/trouble.ts'
import { banner } from '../banner.ts'
import { readOwnSettings } from '../config.ts'
import { openDataFolder } from '../data-folder.ts'
import { openIdentity } from '../identity.ts'
import { makeSecret } from '../keys.ts'
import { linksOf } from '../links.ts'
import { loadSampleDeck } from '../sample/load.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { reservePorts } from './ports.ts'
import { prometheusTargets } from './prometheus-targets.ts'

const HELP = `
Quizboard on real servers: every service in processes of its own, behind one port.

  npm run dev:real                      one process of each service
  npm run dev:real -- --replicas 3      three of each
  npm run dev:real -- --help            this

KAFKA_BROKERS, MONGODB_URL and POSTGRES_URL name the servers; what each service can be told stands in its own --help, for example
\`node apps/answer-service/src/main.ts --help\`. Set it here, and the service that knows it gets it.
`
const REPLICAS_MAX = 16

const replicasOf = (): number => {
  const { values } = parseArgs({ options: { replicas: { type: 'string', default: '1' } }, allowPositionals: false })
  const count = Number(values.replicas)
  if (!Number.isInteger(count) || count < 1 || count > REPLICAS_MAX)
    throw new Trouble(`--replicas takes a number from 1 to ${REPLICAS_MAX}, not "${values.replicas}".`)
  return count
}

const main = async (): Promise<void> => {
  if (process.argv.includes('--help')) return console.log(HELP)
  const count = replicasOf()
  const missing = ['KAFKA_BROKERS', 'MONGODB_URL', 'POSTGRES_URL'].filter((name) => !process.env[name])
  if (missing.length > 0) throw new Trouble(`${missing.join(', ')} must name the servers to run on.`)
  const settings = readOwnSettings(process.env)
  const logger = createLogger({ name: 'quizboard', level: settings.logLevel, pretty: true })
  const shutdown = createShutdown(logger, { limitMs: 60_000 })
  const ending = installEnding({ logger, shutdown, say: (line) => console.log(line) })
  try {
    const folder = await openDataFolder(settings.dataDir)
    shutdown.own('data folder', async () => folder.release())
    const { signer, hostToken } = await openIdentity(folder, { ...settings, clock })
    const publicKeysFile = folder.file('public-keys.json')
    writeFileSync(publicKeysFile, JSON.stringify(signer.publicJwks))
    // The gateway's links are printed, and given to the services, before it listens.
    const reserved = await reservePorts(settings.port === 0 ? 1 : 0)
    shutdown.own('port', reserved.release)
    const port = reserved.ports[0] ?? settings.port
    const links = linksOf({ ...settings, port })
    // No service knows that one.
    const { QUIZBOARD_DATA_DIR: _, ...given } = process.env
    const fleet: Fleet = await startFleet({
      env: { QUIZBOARD_LOG_FORMAT: 'pretty', QUIZBOARD_LOG_LEVEL: 'warn', ...given, NO_COLOR: '1' },
      replicas: { 'quiz-service': count, 'answer-service': count, 'leaderboard-service': count },
      port,
      publicUrl: links.shared,
      secrets: {
        hostToken,
        internalSecret: await makeSecret(folder.file('internal-secret')),
        signingKeyFile: folder.file('signing-key.json'),
        publicKeysFile,
      },
      supervise: true,
      onLine: (name, line) => console.error(`[${name}] ${line}`),
    })
    shutdown.own('fleet', fleet.stop)
    writeFileSync(folder.file('prometheus-targets.json'), JSON.stringify(prometheusTargets(fleet)))
    await loadSampleDeck({ marker: folder.file('sample-loaded'), url: fleet.url, hostToken })
    console.log(banner({ links, loginCode: await fleet.createLoginCode(), dataDir: settings.dataDir }))
  } catch (error) {
    if (ending.begun) return
    console.error(isForUser(error) ? `\n${(error as Error).message}\n` : error)
    await ending.end('it could not start', 1)
  }
}

try {
  await main()
} catch (error) {
  console.error(isForUser(error) ? `\n${(error as Error).message}\n` : error)
  process.exitCode = 1
}
