import { type AdminServer, createAdminServer } from '../http/admin.ts'
import type { Logger } from '../kit/logger.ts'
import { Trouble } from './trouble.ts'

export interface MetricsPortOptions {
  registries: Parameters<typeof createAdminServer>[0]['registry']
  unready(): readonly string[]
  port: number
  host: string
  /** Nobody asked for this very port: when it is taken, any other will do. */
  anyPort: boolean
  logger: Logger
}

/** Opens /metrics for operators. Rejects with Trouble that names the setting. */
export const openMetricsPort = async (options: MetricsPortOptions): Promise<AdminServer> => {
  const { registries: registry, unready, port, host, anyPort, logger } = options
  try {
    return await createAdminServer({ registry, unready, port, host })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' && anyPort) {
      const server = await createAdminServer({ registry, unready, port: 0, host })
      logger.info({ asked: port, port: server.port }, 'the usual port of the metrics is taken: using another')
      return server
    }
    if (code === 'EADDRINUSE')
      throw new Trouble(
        `Port ${port} is taken by another program.\nChoose another for the metrics with QUIZBOARD_METRICS_PORT.`,
      )
    if (code === 'EACCES')
      throw new Trouble(
        `Port ${port} may not be used by this account.\nChoose another for the metrics with QUIZBOARD_METRICS_PORT.`,
      )
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Trouble(`This machine has no address ${host} to listen on (QUIZBOARD_METRICS_HOST).`)
    throw error
  }
}
