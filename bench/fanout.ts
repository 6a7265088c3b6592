/**
 * Fan-out, ours against socket.io 4: `node bench/fanout.ts [--quick]`. CPU of the server for each client and tick, the board and
 * the own rank sent to everyone, and memory of an idle socket with all its state.
 *
 * Ours is the service's edge and WebSocket server as they are; its owner and its tokens are stand-ins. socket.io is set up for
 * this: WebSocket only, no compression, the same ranking. One emit for each client with board and rank together is its best
 * way; a room for the board and an emit for the rank, as its guide suggests, costs it two writes.
 *
 * Each server runs in a process of its own and measures itself by process.cpuUsage (its share of the kernel's work included);
 * the clients are in a third process, the same bare sockets for both. Sides take turns; a ratio is of one turn of each.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Protocol } from './fanout-clients.ts'
import type { Order } from './fanout-server.ts'
import { quantile, show, spread } from './statistics.ts'

const { quick } = parseArgs({ options: { quick: { type: 'boolean', default: false } } }).values
const SIZES = quick ? [1_000] : [1_000, 4_000]
const PAIRS = quick ? 5 : 9
/** Sends of one turn, over all clients. */
const SENDS = quick ? 30_000 : 60_000
/** For memory: sockets that warm the server up, and the sockets that are measured. */
const [WARM, MEASURED] = quick ? [1_000, 2_000] : [2_000, 5_000]
const GOALS = { ratio: 0.62, bytes: 9_000 }

interface Reply {
  kind: string
  port: number
  viewers: number
  micros: number
  rss: number
  heap: number
  bytes: number
  ended: number
  last: string
}

const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const nextReply = (child: ChildProcess, kind: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process of the benchmark ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (reply) => {
      child.off('exit', onExit)
      const { kind: got } = reply as Reply
      if (got === kind) resolve(reply as Reply)
      else reject(new Error(`expected ${kind}, got ${got}`))
    })
  })

interface Side {
  name: Protocol
  server: ChildProcess
  clients: ChildProcess
  ask(order: Order): Promise<Reply>
  count(): Promise<Reply>
  /** Resolves once all `sockets` more are shown the quiz. */
  connect(sockets: number): Promise<void>
}

const FILES: Record<Protocol, string> = { ours: 'fanout-ours.ts', 'socket.io': 'fanout-socketio.ts' }
const HOSTS: Record<Protocol, string> = { ours: '127.0.0.21', 'socket.io': '127.0.0.22' }

const start = async (name: Protocol, players: number): Promise<Side> => {
  const host = HOSTS[name]
  const server = fork(fileOf(FILES[name]), [String(players), host], { execArgv: ['--expose-gc'] })
  const { port } = await nextReply(server, 'listening')
  const clients = fork(fileOf('fanout-clients.ts'))
  let connected = 0
  const ask = (order: Order) => {
    const reply = nextReply(server, order.kind)
    server.send(order)
    return reply
  }
  const tell = (kind: 'connect' | 'count', reply: string, count: number) => {
    const answered = nextReply(clients, reply)
    clients.send({ kind, protocol: name, host, port, count })
    return answered
  }
  return {
    name,
    server,
    clients,
    ask,
    count: () => tell('count', 'counted', 0),
    async connect(sockets) {
      await tell('connect', 'connected', sockets)
      connected += sockets
      while ((await ask({ kind: 'memory' })).viewers < connected);
    },
  }
}

const stop = (side: Side): void => {
  side.server.kill()
  side.clients.kill()
}

/**
 * Bytes of an idle socket. The heap's space for new objects grows in steps of megabytes while a server warms up, so that is done
 * first, by sockets and ticks that do not count.
 */
const measureMemory = async (name: Protocol): Promise<{ rss: number; heap: number }> => {
  const side = await start(name, WARM + MEASURED)
  await side.connect(WARM)
  await side.ask({ kind: 'ticks', count: 20, arm: 'together' })
  const before = await side.ask({ kind: 'memory' })
  await side.connect(MEASURED)
  const after = await side.ask({ kind: 'memory' })
  stop(side)
  return { rss: (after.rss - before.rss) / MEASURED, heap: (after.heap - before.heap) / MEASURED }
}

interface Turn {
  micros: number
  bytes: number
}
/** Microseconds of CPU for each client and tick, and the bytes that each client got. */
const turn = async (side: Side, arm: string, ticks: number): Promise<Turn> => {
  await side.count()
  const { micros, viewers } = await side.ask({ kind: 'ticks', count: ticks, arm })
  await new Promise((resolve) => setTimeout(resolve, 200))
  const { bytes, ended, last } = await side.count()
  if (ended > 0) throw new Error(`${side.name}: ${ended} clients lost their connection`)
  if (!last.includes('"rank":')) throw new Error(`${side.name}: a client got no rank: ${last}`)
  return { micros: micros / ticks / viewers, bytes: bytes / ticks / viewers }
}

const measure = async (sockets: number) => {
  const ours = await start('ours', sockets)
  const theirs = await start('socket.io', sockets)
  await ours.connect(sockets)
  await theirs.connect(sockets)
  const ticks = Math.max(5, Math.round(SENDS / sockets))
  const turns: Record<string, Turn[]> = { ours: [], together: [], room: [] }
  // The first round warms both up and does not count.
  for (let pair = -1; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? ['ours', 'together', 'room'] : ['room', 'together', 'ours']
    for (const arm of order) {
      const result = await turn(arm === 'ours' ? ours : theirs, arm, ticks)
      if (pair >= 0) turns[arm]?.push(result)
    }
  }
  stop(ours)
  stop(theirs)
  const micros = (arm: string) => (turns[arm] ?? []).map((turn) => turn.micros)
  const ratio = (arm: string) => spread(micros('ours').map((value, i) => value / (micros(arm)[i] ?? Number.NaN)))
  const bytes = (arm: string) =>
    Math.round(
      quantile(
        (turns[arm] ?? []).map((turn) => turn.bytes),
        0.5,
      ),
    )
  return {
    sockets,
    ours: { micros: spread(micros('ours')), bytes: bytes('ours') },
    together: { micros: spread(micros('together')), bytes: bytes('together'), ratio: ratio('together') },
    room: { micros: spread(micros('room')), bytes: bytes('room'), ratio: ratio('room') },
  }
}

const kilobytes = ({ rss, heap }: { rss: number; heap: number }) =>
  `${(heap / 1000).toFixed(1)} kB of heap, ${(rss / 1000).toFixed(1)} kB resident`

const results = []
for (const sockets of SIZES) {
  const result = await measure(sockets)
  results.push(result)
  const { ours, together, room } = result
  console.log(`${sockets} sockets, ${PAIRS} rounds: µs of CPU for each client and tick, median (10–90 %)`)
  console.log(`  ours                         ${show(ours.micros)}  ${ours.bytes} B`)
  console.log(
    `  socket.io, one emit          ${show(together.micros)}  ${together.bytes} B  ours ${show(together.ratio)}×`,
  )
  console.log(`  socket.io, room + own emit   ${show(room.micros)}  ${room.bytes} B  ours ${show(room.ratio)}×`)
}
const memory = { ours: await measureMemory('ours'), 'socket.io': await measureMemory('socket.io') }
console.log(`an idle socket with its state, of ${MEASURED} sockets`)
console.log(`  ours                         ${kilobytes(memory.ours)}`)
console.log(`  socket.io                    ${kilobytes(memory['socket.io'])}`)
const holds = memory.ours.rss <= GOALS.bytes && results.every(({ together }) => together.ratio.median <= GOALS.ratio)
console.log(JSON.stringify({ bench: 'fanout', quick, goals: GOALS, holds, results, memory }))
