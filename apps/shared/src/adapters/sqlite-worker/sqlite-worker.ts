/**
 * SQLite off the main thread: a module of synchronous operations runs in a worker, calls are promises. Calls that arrive while
 * a commit is under way form the next transaction (group commit); a promise resolves once its transaction is durable.
 */
import { Worker } from 'node:worker_threads'
import { type CreateOperations, type Operations, openDatabase, type ReplyMessage, runTurn } from './operations.ts'

type Awaitable<Ops extends Operations> = {
  [Name in keyof Ops]: (...args: Parameters<Ops[Name]>) => Promise<ReturnType<Ops[Name]>>
}
export interface Sqlite<Ops extends Operations> {
  call: Awaitable<Ops>
  /** Runs what is waiting, then closes the file. Later calls reject. Idempotent. */
  close(): Promise<void>
}
export interface SqliteOptions<Ops extends Operations, Options> {
  /** A path, or ':memory:' for a database of this thread. */
  file: string
  /** The module that exports `createOperations`: its URL for the worker, the function itself for ':memory:'. */
  module: URL
  createOperations: CreateOperations<Ops, Options>
  options: Options
  /** Told once when the worker has died: the process cannot go on without its store. */
  onCrash?(error: Error): void
}

export const openSqlite = <Ops extends Operations, Options>(
  settings: SqliteOptions<Ops, Options>,
): Promise<Sqlite<Ops>> => (settings.file === ':memory:' ? Promise.resolve(openInline(settings)) : openWorker(settings))

const facade = <Ops extends Operations>(send: (name: string, args: unknown[]) => Promise<unknown>): Awaitable<Ops> =>
  new Proxy({} as Awaitable<Ops>, {
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => send(String(name), args)),
  })

const settle = (reply: ReplyMessage, resolve: (value: unknown) => void, reject: (error: Error) => void): void => {
  if (!('error' in reply)) {
    resolve(reply.value)
    return
  }
  const error = new Error(reply.error.message)
  error.name = reply.error.name
  reject(error)
}

const openInline = <Ops extends Operations, Options>(settings: SqliteOptions<Ops, Options>): Sqlite<Ops> => {
  const db = openDatabase(settings.file)
  const operations = settings.createOperations(db, settings.options)
  let open = true
  return {
    call: facade<Ops>(
      (name, args) =>
        new Promise((resolve, reject) => {
          if (!open) return reject(closedError(settings.file))
          const [reply] = runTurn(db, operations, [{ id: 0, name, args }])
          if (reply) settle(reply, resolve, reject)
        }),
    ),
    async close() {
      if (open) db.close()
      open = false
    },
  }
}

const closedError = (file: string) => new Error(`the database ${file} is closed`)

const openWorker = <Ops extends Operations, Options>(settings: SqliteOptions<Ops, Options>): Promise<Sqlite<Ops>> => {
  const { file, module, options, onCrash } = settings
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { file, module: module.href, options },
  })
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let nextId = 0
  let ended: Error | undefined
  let closing: Promise<void> | undefined
  const end = (error: Error) => {
    if (ended) return
    ended = error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
    if (!closing) onCrash?.(error)
  }
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  worker.on('exit', (code) => end(closing ? closedError(file) : new Error(`the worker of ${file} ended with ${code}`)))

  const send = (name: string, args: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended || closing) return reject(ended ?? closedError(file))
      const id = nextId++
      pending.set(id, { resolve, reject })
      worker.postMessage({ id, name, args })
    })

  return new Promise((resolve, reject) => {
    worker.on('error', (error: Error) => {
      const told = /database is locked/.test(error.message)
        ? new Error(`another process has the database ${file} open`, { cause: error })
        : error
      reject(told)
      end(told)
    })
    worker.on('message', (message: 'open' | ReplyMessage[]) => {
      if (message === 'open') {
        resolve({
          call: facade<Ops>(send),
          close: () => {
            closing ??= exited
            worker.postMessage('close')
            return closing
          },
        })
        return
      }
      for (const reply of message) {
        const call = pending.get(reply.id)
        pending.delete(reply.id)
        if (call) settle(reply, call.resolve, call.reject)
      }
    })
  })
}
