/** When and how the process ends: signals, a parent that is gone, and errors that nobody expected. */
import type { Shutdown } from '../kit/lifecycle.ts'
import type { Logger } from '../kit/logger.ts'

/**
 * Under npm one Ctrl-C arrives several times: from the terminal, and handed on by every process between. Later ones are the
 * user's, who does not want to wait.
 */
const SAME_PRESS_MS = 700

export interface EndingOptions {
  logger: Logger
  shutdown: Shutdown
  /** Says something to the person at the terminal. */
  say(line: string): void
}

export interface Ending {
  /** True from the first signal on. */
  readonly begun: boolean
  /** Ends the process in order. */
  end(reason: string, code: number): Promise<never>
  /** Logs an error that nobody expected and ends the process with 1. */
  crash(error: unknown): void
}

export const installEnding = ({ logger, shutdown, say }: EndingOptions): Ending => {
  let begunAt: number | undefined
  const end = async (reason: string, code: number): Promise<never> => {
    begunAt ??= Date.now()
    process.exitCode = code
    await shutdown.shutdown(reason)
    process.exit(code)
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (begunAt === undefined) {
      say('Stopping …')
      void end(signal, 0)
    } else if (Date.now() - begunAt > SAME_PRESS_MS) {
      process.exit(130)
    }
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal)
  if (process.platform === 'win32') process.on('SIGBREAK', onSignal)
  // Whoever started us with a channel is gone: nobody could stop us any more.
  process.once('disconnect', () => onSignal('SIGTERM'))
  const crash = (err: unknown) => {
    if (begunAt !== undefined) return logger.error({ err }, 'an error while stopping')
    logger.fatal({ err }, 'an error that was not expected: Quizboard stops')
    void end('crash', 1)
  }
  process.on('uncaughtException', crash).on('unhandledRejection', crash)
  return {
    get begun() {
      return begunAt !== undefined
    },
    end,
    crash,
  }
}
