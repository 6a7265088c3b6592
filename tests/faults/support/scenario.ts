/** A fleet under load and faults, and what became of it. */
import { fileURLToPath, pathToFileURL } from 'node:url'
import { seeded } from '../../e2e/foreign/api.ts'
import { runCrowd } from '../../e2e/foreign/crowd/crowd.ts'
import { createTally, type Tally } from '../../e2e/foreign/crowd/tally.ts'
import type { Ended } from '../../e2e/foreign/crowd/view.ts'
import { startTestFleet, type TestFleet } from '../../support/fleet.ts'
import { createFaultDriver, type FaultDriverOptions, type FaultKind } from './fault-driver.ts'
import { startReplayer } from './replayer.ts'
import { createServersControl, SERVERS, type ServerName, type ServersControl, serverPorts } from './servers-control.ts'
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts'

export interface ScenarioOptions {
  seed: number
  /** Of each service. */
  replicas: number
  quizzes: readonly number[]
  questions: number
  openMs: number
  answersPerS: number
  forMs: number
  settleMs: number
  weights: FaultDriverOptions['weights']
  everyMs: number
  faultsMax?: number
  /** Own events are sent again at random. */
  replay: boolean
  /** A command that kills and starts servers. */
  control?: string
  say(line: string): void
}

export interface Report {
  tally: Tally
  faults: Readonly<Record<FaultKind, number>>
  replayed: number
  /** Sockets that ended while their replica went on, by how they ended. */
  socketsLost: Readonly<Record<string, number>>
  seconds: number
}

export interface Scenario {
  readonly fleet: TestFleet
  /** As often as wanted, one after the other. Default: `answersPerS` of the options. */
  run(answersPerS?: number): Promise<Report>
  close(): Promise<void>
}

/** The crowd is one address to the product. */
const ENV = {
  QUIZBOARD_JOINS_PER_S: '10000',
  QUIZBOARD_JOINS_BURST: '20000',
  QUIZBOARD_LOG_LEVEL: 'info',
  QUIZBOARD_LOG_FORMAT: 'json',
}
const PRELOAD = pathToFileURL(fileURLToPath(new URL('./redirect.mjs', import.meta.url))).href
const REPLAYED = ['quiz.scores', 'quiz.lifecycle', 'quiz.players']

const openProxies = async (ports: Record<ServerName, number>): Promise<Record<ServerName, TcpProxy>> => {
  const [kafka, mongodb, postgres] = await Promise.all(SERVERS.map((name) => openTcpProxy(ports[name])))
  if (!kafka || !mongodb || !postgres) throw new Error('a proxy could not be opened')
  return { kafka, mongodb, postgres }
}

export const startScenario = async (options: ScenarioOptions): Promise<Scenario> => {
  const { control: command, ...others } = options
  const { replicas, say } = others
  const ports = serverPorts(process.env)
  const proxies = options.weights.network ? await openProxies(ports) : undefined
  const redirect = proxies && SERVERS.map((name) => `${ports[name]}=${proxies[name].port}`).join()
  const closeProxies = () => Promise.all(Object.values(proxies ?? {}).map((proxy) => proxy.close()))
  try {
    const fleet = await startTestFleet({
      replicas: { 'quiz-service': replicas, 'answer-service': replicas, 'leaderboard-service': replicas },
      env: { ...ENV, ...(redirect ? { FAULTS_REDIRECT: redirect, NODE_OPTIONS: `--import=${PRELOAD}` } : {}) },
    })
    const control: ServersControl | undefined = command ? createServersControl(command, ports) : undefined
    return {
      fleet,
      run: (answersPerS = others.answersPerS) =>
        play(fleet, { ...others, answersPerS, ...(proxies ? { proxies } : {}), ...(control ? { control } : {}) }),
      async close() {
        await fleet.remove()
        await closeProxies()
      },
    }
  } catch (error) {
    say('the fleet could not start')
    await closeProxies()
    throw error
  }
}

const describeEnded = ({ code, why, stage }: Ended) =>
  `a socket that ${stage === 'live' ? 'was live' : 'waited for its first frame'} with ${code} (${why})`

type Play = Omit<ScenarioOptions, 'control'> & Pick<FaultDriverOptions, 'control' | 'proxies'>

const play = async (fleet: TestFleet, options: Play): Promise<Report> => {
  const began = Date.now()
  const { seed, replay } = options
  const tally = createTally()
  const driver = createFaultDriver({ ...options, fleet, random: seeded(seed) })
  const replayer = replay
    ? await startReplayer({
        brokers: fleet.env.KAFKA_BROKERS ?? '',
        topics: REPLAYED.map((topic) => `${fleet.name}.${topic}`),
        groupId: `${fleet.name}-replayer`,
        random: seeded(seed + 1),
      })
    : undefined
  const ended: Ended[] = []
  let isOver = false
  const faults = driver.run(() => isOver || Date.now() > began + options.forMs)
  const urls = (service: Parameters<TestFleet['replicas']>[0]) => fleet.replicas(service).map(({ url }) => url)
  await runCrowd({
    ...options,
    tally,
    hostToken: fleet.hostToken,
    endpoints: {
      quizzes: urls('quiz-service'),
      answers: urls('answer-service'),
      boards: urls('leaderboard-service'),
    },
    onEnded: (one) => void ended.push(one),
  }).finally(() => {
    isOver = true
  })
  await faults
  await replayer?.stop()
  const lost = ended.filter(({ replica, at }) => !driver.wasEnded(replica, at))
  for (const one of lost) {
    const at = ((one.at - began) / 1_000).toFixed(1)
    tally.wrong('socket closed', `at ${at} s ${one.replica} ended ${describeEnded(one)} after ${one.ms} ms`)
  }
  return {
    tally,
    faults: driver.counts,
    replayed: replayer?.replayed ?? 0,
    socketsLost: Object.fromEntries(
      [...Map.groupBy(lost, describeEnded)].map(([words, { length }]) => [words, length]),
    ),
    seconds: (Date.now() - began) / 1_000,
  }
}
