/** Without a thread: what is called in one turn runs as one group after it. */
import { fromPlainError, toPlainError } from './errors.ts'
import { createExecutor, type Executor, runAll } from './executor.ts'
import type { OpenProgram, SqliteCall, SqliteReply } from './program.ts'
import type { Runner, SqliteOptions } from './runner.ts'

interface Waiting {
  call: SqliteCall
  settle(reply: SqliteReply): void
}

type Opened = { openProgram: OpenProgram<Record<string, (...args: never[]) => unknown>, unknown> }

export const openInline = async (options: SqliteOptions & { busyTimeoutMs: number }): Promise<Runner> => {
  const { file, module, busyTimeoutMs } = options
  const { openProgram } = (await import(module.href)) as Opened
  const executor = open(file, busyTimeoutMs, openProgram, options.options)
  let waiting: Waiting[] = []
  const run = () => {
    const group = waiting
    waiting = []
    const calls = group.map(({ call }) => call)
    runAll(executor, calls, (from, replies) => {
      // Cloned, as if it had crossed a thread: nobody may come to share an object with the operations.
      for (const [i, reply] of structuredClone(replies).entries()) group[from + i]?.settle(reply)
    })
  }
  return {
    send: ({ name, args }) =>
      new Promise((resolve, reject) => {
        const settle = (reply: SqliteReply) =>
          reply.ok ? resolve(reply.value) : reject(fromPlainError(reply.error, file))
        if (waiting.push({ call: structuredClone({ name, args }), settle }) === 1) queueMicrotask(run)
      }),
    async close() {
      if (waiting.length > 0) run()
      executor.close()
    },
  }
}

const open = (file: string, busyTimeoutMs: number, program: Opened['openProgram'], options: unknown): Executor => {
  try {
    return createExecutor(file, busyTimeoutMs, program, structuredClone(options))
  } catch (error) {
    throw fromPlainError(toPlainError(error), file)
  }
}
