/** Everything that is known of a platform → one verdict for each condition. */

import { no, type Verdict, type Verdicts, yes } from './conditions.ts'
import type { ServiceState } from './services-state.ts'
import type { StoreState } from './stores/store-state.ts'

export interface Findings {
  stores: { kafka: StoreState; mongodb: StoreState; postgresql: StoreState }
  services: readonly ServiceState[]
  /** What the services wait for, in words: migrations, Secrets, stores. */
  waitingFor: readonly string[]
  /** Faults around the services that waiting does not mend: reason and what to do. */
  faults: readonly { reason: string; message: string }[]
  /** Objects that are applied or deleted now. */
  changes: number
  monitoring: Verdict
}

const ofStore = ({ ready, reason, message }: StoreState): Verdict => (ready ? yes : no)(reason, message)

const ofServices = ({ services, waitingFor, faults }: Findings): Verdict => {
  const [fault] = faults
  if (fault) return no(fault.reason, faults.map(({ message }) => message).join('; '))
  const undone = services.filter(({ done }) => !done)
  if (undone.length === 0) return yes('Ready', 'all pods of all services are ready')
  const told = undone.map(({ service, rollout, current }) => {
    if (!rollout) return `${service} is not there yet`
    if (!current) return `${service} waits to be replaced`
    return `${service}: ${rollout.message || 'new pods are rolled out'}`
  })
  const waits = waitingFor.length > 0 ? `waiting for ${waitingFor.join(', ')}; ` : ''
  const stuck = undone.some(({ rollout }) => rollout?.needsHelp)
  const rolling = undone.some(({ rollout }) => rollout !== undefined)
  const reason = stuck ? 'PodsNotReady' : waitingFor.length > 0 ? 'Waiting' : rolling ? 'RollingOut' : 'Creating'
  return no(reason, `${waits}${told.join('; ')}`)
}

export const verdictsOf = (findings: Findings): Verdicts => {
  const parts = {
    KafkaReady: ofStore(findings.stores.kafka),
    MongoDBReady: ofStore(findings.stores.mongodb),
    PostgreSQLReady: ofStore(findings.stores.postgresql),
    ServicesReady: ofServices(findings),
  }
  return {
    Ready: ofAll(parts),
    Reconciling: ofProgress(findings),
    Stalled: ofStall(findings),
    ...parts,
    MonitoringReady: findings.monitoring,
    Paused: no('NotPaused', 'the operator looks after this platform'),
  }
}

/** Monitoring is not among them: a platform without it works. */
const ofAll = (parts: Record<string, Verdict>): Verdict => {
  const broken = Object.entries(parts).filter(([, { status }]) => status !== 'True')
  if (broken.length === 0) return yes('Ready', 'everything works')
  const [type, { reason }] = broken[0] as [string, Verdict]
  const messages = broken.map(([name, { message }]) => `${name.replace(/Ready$/, '')}: ${message}`)
  return no(`${type.replace(/Ready$/, '')}${reason}`, messages.join('. '))
}

const ofProgress = ({ stores, services, waitingFor, changes }: Findings): Verdict => {
  const unsettled = Object.entries(stores).filter(([, { settled }]) => !settled)
  const undone = services.filter(({ done }) => !done)
  const told = [
    ...(changes > 0 ? [`${changes} objects are being brought up to date`] : []),
    ...unsettled.map(([, { message }]) => message),
    ...(waitingFor.length > 0 ? [`waiting for ${waitingFor.join(', ')}`] : []),
    ...(undone.length > 0 ? [`not done: ${undone.map(({ service }) => service).join(', ')}`] : []),
  ]
  return told.length > 0 ? yes('Progressing', told.join('; ')) : no('Settled', 'everything is as it is wanted')
}

const ofStall = ({ stores, services, faults }: Findings): Verdict => {
  const stuck = [
    ...Object.values(stores).filter(({ needsHelp }) => needsHelp),
    ...faults,
    ...services
      .filter(({ rollout }) => rollout?.needsHelp)
      .map(({ service, rollout }) => ({ reason: 'PodsNotReady', message: `${service}: ${rollout?.message}` })),
  ]
  const [first] = stuck
  if (!first) return no('NotStalled', 'nothing waits for somebody to act')
  return yes(first.reason, stuck.map(({ message }) => message).join('; '))
}
