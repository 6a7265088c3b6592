/** The worker thread: takes all calls that wait, runs them as a group, replies to all; then the next. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { toPlainError } from './errors.ts'
import { createExecutor, type Executor, runAll } from './executor.ts'
import type { FromThread, NumberedCall, ThreadData, ToThread } from './messages.ts'
import type { OpenProgram } from './program.ts'

const data = workerData as ThreadData
const port = parentPort
if (!port) throw new Error('thread.ts runs in a worker thread')
const send = (message: FromThread) => port.postMessage(message)

const open = async (): Promise<Executor> => {
  const module = (await import(data.module)) as {
    openProgram: OpenProgram<Record<string, (...args: never[]) => unknown>, unknown>
  }
  if (typeof module.openProgram !== 'function') throw new TypeError(`${data.module} exports no function openProgram`)
  return createExecutor(data.file, data.busyTimeoutMs, module.openProgram, data.options)
}

const serve = (executor: Executor) => {
  port.on('message', (first: ToThread) => {
    const calls: NumberedCall[] = []
    let closing = false
    // Group commit: what arrived during the last commit is one group now.
    for (let message: ToThread | undefined = first; message; message = receiveMessageOnPort(port)?.message) {
      if (message.kind === 'calls') calls.push(...message.calls)
      else closing = true
    }
    runAll(executor, calls, (from, replies) =>
      send({ kind: 'replies', ids: calls.slice(from, from + replies.length).map(({ id }) => id), replies }),
    )
    if (!closing) return
    executor.close()
    send({ kind: 'closed' })
    port.close()
  })
}

try {
  serve(await open())
  send({ kind: 'opened' })
} catch (error) {
  send({ kind: 'failed', error: toPlainError(error) })
  port.close()
}
