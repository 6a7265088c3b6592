/** The calling side of the worker thread. */
import { Worker } from 'node:worker_threads'
import { fromPlainError, SqliteUnavailable } from './errors.ts'
import type { FromThread, NumberedCall, ThreadData, ToThread } from './messages.ts'
import type { Runner, SqliteOptions } from './runner.ts'

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

export const openThread = async (options: SqliteOptions & { busyTimeoutMs: number }): Promise<Runner> => {
  const { file, busyTimeoutMs, module } = options
  const workerData: ThreadData = { file, busyTimeoutMs, module: module.href, options: options.options }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData, execArgv: [], name: 'sqlite' })
  const waiting = new Map<number, Waiting>()
  const ended = Promise.withResolvers<void>()
  let lost: Error | undefined
  let closing = false

  const settle = (message: FromThread & { kind: 'replies' }) => {
    for (const [i, reply] of message.replies.entries()) {
      const id = message.ids[i] ?? -1
      const call = waiting.get(id)
      waiting.delete(id)
      if (reply.ok) call?.resolve(reply.value)
      else call?.reject(fromPlainError(reply.error, file))
    }
  }
  const lose = (cause?: unknown) => {
    const first = lost === undefined
    lost ??= new SqliteUnavailable(`the thread of ${file} has ended`, { cause })
    for (const call of waiting.values()) call.reject(lost)
    waiting.clear()
    ended.resolve()
    if (first && !closing) options.onCrash?.(lost)
  }

  await opened(worker, file)
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'replies') settle(message)
  })
  worker.on('error', lose)
  worker.on('messageerror', lose)
  worker.on('exit', () => lose())

  const send = (message: ToThread) => worker.postMessage(message)
  let unsent: NumberedCall[] = []
  const flush = () => {
    const calls = unsent
    unsent = []
    if (lost || calls.length === 0) return
    try {
      send({ kind: 'calls', calls })
    } catch {
      // Something that cannot be cloned: each by itself, so that only the guilty one fails.
      for (const call of calls) sendAlone(call)
    }
  }
  const sendAlone = (call: NumberedCall) => {
    try {
      send({ kind: 'calls', calls: [call] })
    } catch (error) {
      waiting.get(call.id)?.reject(error instanceof Error ? error : new Error(String(error)))
      waiting.delete(call.id)
    }
  }
  let ids = 0
  return {
    send: ({ name, args }) =>
      new Promise((resolve, reject) => {
        if (lost) return reject(lost)
        const id = ids++
        waiting.set(id, { resolve, reject })
        // What one turn calls crosses in one message.
        if (unsent.push({ id, name, args }) === 1) queueMicrotask(flush)
      }),
    async close() {
      closing = true
      flush()
      if (!lost) send({ kind: 'close' })
      await ended.promise
    },
  }
}

/** Resolves once the database is open; its end, not its start, is what the caller looks after from then on. */
const opened = (worker: Worker, file: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = () => {
      worker.off('message', onMessage)
      worker.off('error', onError)
      worker.off('exit', onExit)
    }
    const onMessage = (message: FromThread) => {
      done()
      if (message.kind === 'failed') reject(fromPlainError(message.error, file))
      else resolve()
    }
    const onError = (error: unknown) => {
      done()
      reject(error)
    }
    const onExit = () => {
      done()
      reject(new SqliteUnavailable(`the thread of ${file} ended before it had opened it`))
    }
    worker.on('message', onMessage)
    worker.on('error', onError)
    worker.on('exit', onExit)
  })
