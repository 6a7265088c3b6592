/** A process of ours from its first line to its last: settings, logs, signals, and words for whoever started it. */
import type { z } from 'zod'
import { describeConfig, type Env, readAll } from '../kit/config.ts'
import { createShutdown, type Shutdown } from '../kit/lifecycle.ts'
import { createLogger, type Logger } from '../kit/logger.ts'
import { type Ending, installEnding } from './ending.ts'
import { type ProcessSettings, processSchema, readProcessSettings, unknownNames, withSecrets } from './settings.ts'
import { isForUser } from './trouble.ts'

export interface ProcessPlan<Settings> {
  name: string
  /** A sentence for --help. */
  about: string
  /** Its settings beside those that every process has, by the names of the variables. */
  shape: Readonly<Record<string, z.ZodType>>
  /** Throws ConfigError. */
  read(env: Env): Settings
  /** Resolves once it is ready. */
  start(settings: Settings, frame: Frame): Promise<void>
}

export interface Frame {
  process: ProcessSettings
  logger: Logger
  /** Registers what must be closed; the last one that came is closed first. */
  own: Shutdown['own']
  /** A part has died: the process cannot go on. */
  crash(error: unknown): void
}

/** One resource has so long to close: more than a leave delay and the hand-over of all partitions. */
const CLOSE_LIMIT_MS = 40_000

/** Resolves once it is ready, or has said why it cannot be; the process then ends by itself. */
export const runProcess = async <Settings>(plan: ProcessPlan<Settings>): Promise<void> => {
  const shape = { ...processSchema.shape, ...plan.shape }
  if (process.argv.includes('--help')) {
    console.log([plan.about, '', 'Settings are environment variables:', '', ...describeConfig(shape)].join('\n'))
    return
  }
  let ending: Ending | undefined
  let logger: Logger | undefined
  try {
    const env = withSecrets(process.env)
    for (const name of unknownNames(env, Object.keys(shape)))
      console.error(`${name} is not a setting of the ${plan.name}.`)
    const settings = readAll({ process: () => readProcessSettings(env), own: () => plan.read(env) })
    const { logLevel, pretty } = settings.process
    logger = createLogger({ name: plan.name, level: logLevel, pretty })
    const shutdown = createShutdown(logger, { limitMs: CLOSE_LIMIT_MS })
    ending = installEnding({ logger, shutdown, say: () => logger?.info('stopping') })
    await plan.start(settings.own, { process: settings.process, logger, own: shutdown.own, crash: ending.crash })
  } catch (error) {
    // What fails once the end has begun fails because of it.
    if (ending?.begun) return
    if (isForUser(error) || !logger) console.error(isForUser(error) ? `\n${(error as Error).message}\n` : error)
    else logger.fatal({ err: error }, `the ${plan.name} could not start`)
    if (ending) await ending.end('it could not start', 1)
    else process.exitCode = 1
  }
}
