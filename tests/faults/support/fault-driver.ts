/** Faults at random times over all the processes of a fleet and the servers that it runs on, drawn from a seed. */
import { SERVICES } from '@quizboard/quizboard/fleet/fleet.ts'
import type { FleetProcess } from '@quizboard/quizboard/fleet/fleet-process.ts'
import { type Seeded, sleep } from '../../e2e/foreign/api.ts'
import type { TestFleet } from '../../support/fleet.ts'
import { SERVERS, type ServerName, type ServersControl } from './servers-control.ts'
import type { Pids, TcpProxy } from './tcp-proxy.ts'

export type FaultKind = 'kill' | 'end' | 'stall' | 'kill server' | 'stall server' | 'kill all servers' | 'network'

export interface FaultDriver {
  /** Of each kind, so far. */
  readonly counts: Readonly<Record<FaultKind, number>>
  /** Faults at random until `isOver`; resolves once everything has been mended. */
  run(isOver: () => boolean): Promise<void>
  /** Whether the process at this URL was killed or told to end within the last seconds. */
  wasEnded(url: string, at: number): boolean
}

export interface FaultDriverOptions {
  fleet: TestFleet
  random: Seeded
  /** How often each kind comes in a round; those of one server so often for each of them. */
  weights: Readonly<Partial<Record<FaultKind, number>>>
  /** Between two faults, on the average. */
  everyMs: number
  faultsMax?: number
  control?: ServersControl
  proxies?: Readonly<Record<ServerName, TcpProxy>>
  say(line: string): void
}

/** A client may learn of it so much later. */
const NEWS_MS = 5_000
const STALL_MAX_MS = 8_000
const SERVER_STALL_MAX_MS = 6_000
const NETWORK_MAX_MS = 6_000
/** Between the first and the last of the servers that are killed together. */
const TOGETHER_MS = 1_000

export const createFaultDriver = (options: FaultDriverOptions): FaultDriver => {
  const { fleet, random, weights, everyMs, faultsMax = Number.POSITIVE_INFINITY, control, proxies, say } = options
  const counts = { kill: 0, end: 0, stall: 0, 'kill server': 0, 'stall server': 0, 'kill all servers': 0, network: 0 }
  const endedAt = new Map<string, number>()
  /** Processes and servers that a fault has hold of. */
  const busy = new Set<string>()
  const underWay = new Set<Promise<void>>()
  const processes = (): FleetProcess[] => [...SERVICES.flatMap((service) => fleet.replicas(service)), fleet.gateway]

  const hold = (names: readonly string[], kind: FaultKind, work: () => Promise<unknown>) => {
    for (const name of names) busy.add(name)
    counts[kind]++
    const done = work()
      .then(
        () => {},
        (error: Error) => say(`${kind} of ${names.join(', ')}: ${error.message}`),
      )
      .finally(() => {
        for (const name of names) busy.delete(name)
        underWay.delete(done)
      })
    underWay.add(done)
  }
  const onProcess: Record<'kill' | 'end' | 'stall', (one: FleetProcess) => Promise<void>> = {
    async kill(one) {
      endedAt.set(one.url, Date.now())
      one.kill('SIGKILL')
      await one.ready(60_000)
    },
    async end(one) {
      endedAt.set(one.url, Date.now() + 30_000)
      const { pid } = one
      one.kill('SIGTERM')
      for (let waited = 0; one.pid === pid && waited < 40_000; waited += 50) await sleep(50)
      endedAt.set(one.url, Date.now())
      await one.ready(60_000)
    },
    async stall(one) {
      one.kill('SIGSTOP')
      await sleep(500 + random.below(STALL_MAX_MS))
      one.kill('SIGCONT')
    },
  }
  const pidOf = (): number => random.pick(processes().flatMap(({ pid }) => pid ?? []))
  const disturb = async (proxy: TcpProxy, name: ServerName) => {
    const pids: Pids = random.chance(0.3) ? 'all' : new Set([pidOf()])
    const what = random.pick(['cut', 'hold', 'refuse', 'delay', 'halfClose'] as const)
    say(`network to ${name}: ${what} for ${pids === 'all' ? 'all' : [...pids]}`)
    if (what === 'delay') proxy.delay(pids, 50 + random.below(400))
    else proxy[what](pids)
    await sleep(500 + random.below(NETWORK_MAX_MS))
    proxy.heal()
  }
  const ofProcess = (kind: 'kill' | 'end' | 'stall') => {
    const free = processes().filter(({ name, pid }) => !busy.has(name) && pid !== undefined)
    if (free.length === 0) return
    const victim = random.pick(free)
    say(`${kind} ${victim.name}`)
    hold([victim.name], kind, () => onProcess[kind](victim))
  }
  const killServer = async (at: ServersControl, name: ServerName, awayMs: number) => {
    await at.kill(name)
    await sleep(awayMs)
    await at.start(name)
    say(`${name} is back`)
  }
  const ofAllServers = () => {
    if (!control || SERVERS.some((name) => busy.has(name))) return
    say('kill all servers')
    const kill = async (name: ServerName) => {
      await sleep(random.below(TOGETHER_MS))
      await killServer(control, name, random.below(2_000))
    }
    hold(SERVERS, 'kill all servers', () => Promise.all(SERVERS.map(kill)))
  }
  const ofServer = (kind: 'kill server' | 'stall server' | 'network', name: ServerName) => {
    if (busy.has(name)) return
    if (kind === 'network' && proxies) hold([name], kind, () => disturb(proxies[name], name))
    if (kind === 'network' || !control) return
    say(`${kind}: ${name}`)
    hold([name], kind, async () => {
      if (kind === 'kill server') return killServer(control, name, random.below(2_000))
      const goOn = control.stall(name)
      await sleep(500 + random.below(SERVER_STALL_MAX_MS))
      goOn()
    })
  }
  /** As many of each as its weight, those of servers for each server, in an order by chance; then the same again. */
  const bag: (() => void)[] = []
  const fill = () => {
    for (const [kind, weight] of Object.entries(weights) as [FaultKind, number][])
      for (let i = 0; i < weight; i++) {
        if (kind === 'kill' || kind === 'end' || kind === 'stall') bag.push(() => ofProcess(kind))
        else if (kind === 'kill all servers') bag.push(ofAllServers)
        else for (const name of SERVERS) bag.push(() => ofServer(kind, name))
      }
  }
  const one = () => {
    if (bag.length === 0) fill()
    const [fault] = bag.splice(random.below(bag.length), 1)
    fault?.()
  }
  const total = () => Object.values(counts).reduce((a, b) => a + b, 0)

  return {
    counts,
    async run(isOver) {
      while (!isOver() && total() < faultsMax) {
        const end = Date.now() - Math.log(1 - random.next()) * everyMs
        while (Date.now() < end && !isOver()) await sleep(50)
        if (!isOver()) one()
      }
      await Promise.all(underWay)
    },
    wasEnded: (url, at) => at - (endedAt.get(url) ?? 0) < NEWS_MS,
  }
}
