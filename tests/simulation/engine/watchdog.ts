/** Ends the process if one event never does: a program that goes round in circles would else be found by nobody. */
import { Worker } from 'node:worker_threads'

/** So many looks in a row, one every so many milliseconds, without a beat. A machine that stands still is to blame for one of them. */
const LOOKS = 6
const LOOK_MS = 10_000

const PROGRAM = `
  const { workerData: { state, looks, lookMs } } = require('node:worker_threads')
  for (let missed = 0, last = Atomics.load(state, 0); missed < looks; ) {
    Atomics.wait(state, 2, 0, lookMs)
    const now = Atomics.load(state, 0)
    missed = now === last && Atomics.load(state, 3) === 1 ? missed + 1 : 0
    last = now
  }
  require('node:fs').writeSync(2, 'seed ' + (Atomics.load(state, 1) >>> 0) + ': an event does not end\\n')
  process.kill(process.pid, 'SIGKILL')
`

/** Beats, seed, never woken, whether a seed is being run. */
const state = new Int32Array(new SharedArrayBuffer(16))
let worker: Worker | undefined

export const watchdog = {
  /** Something has come to its end. */
  beat: () => void Atomics.add(state, 0, 1),
  /** `work` of this seed. */
  async watch<T>(seed: number, work: () => Promise<T>): Promise<T> {
    worker ??= new Worker(PROGRAM, { eval: true, workerData: { state, looks: LOOKS, lookMs: LOOK_MS } })
    worker.unref()
    watchdog.beat()
    Atomics.store(state, 1, seed)
    Atomics.store(state, 3, 1)
    try {
      return await work()
    } finally {
      Atomics.store(state, 3, 0)
    }
  },
}
