/** The owner's side as a parts list: what the service is given as `owner`. */
import type { Logger } from '@quizboard/shared/kit/logger.ts'
import type { Metrics } from '@quizboard/shared/kit/metrics.ts'
import type { Clock } from '@quizboard/shared/ports/clock.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'
import { createOwnerMetrics } from './adapters/owner-metrics.ts'
import { createOwner, type Owner } from './app/owner.ts'
import type { OwnerSettings } from './app/owner-settings.ts'
import type { BoardStore } from './ports/board-store.ts'

export interface BoardOwnerDeps {
  store: BoardStore
  eventLog: EventLog
  clock: Clock
  logger: Logger
  metrics: Metrics
  settings?: Partial<OwnerSettings>
}

export const createBoardOwner = ({ store, eventLog, clock, logger, metrics, settings = {} }: BoardOwnerDeps): Owner => {
  const { observer, watch } = createOwnerMetrics(metrics, logger)
  const onError = (err: unknown) => logger.error({ err }, 'the boards met an error; it is tried again')
  const onLost = (partition: number) =>
    logger.error({ partition }, 'another owner has taken this partition of the boards')
  const owner = createOwner({ store, log: eventLog, clock, observer, onError, onLost, settings })
  watch(owner)
  return owner
}
