/** The worker thread: takes calls, runs all that are waiting in one transaction, replies when it is durable. */
import { parentPort, workerData } from 'node:worker_threads'
import { type CallMessage, type CreateOperations, type Operations, openDatabase, runTurn } from './operations.ts'

const { file, module, options } = workerData as { file: string; module: string; options: unknown }
const port = parentPort
if (!port) throw new Error('this file is the body of a worker thread')

const db = openDatabase(file)
const { createOperations } = (await import(module)) as { createOperations: CreateOperations<Operations, unknown> }
const operations = createOperations(db, options)
let waiting: CallMessage[] = []

const turn = () => {
  const calls = waiting
  waiting = []
  if (calls.length > 0) port.postMessage(runTurn(db, operations, calls))
}

port.on('message', (message: CallMessage | 'close') => {
  if (message === 'close') {
    turn()
    db.close()
    port.close()
    return
  }
  waiting.push(message)
  if (waiting.length === 1) setImmediate(turn)
})
port.postMessage('open')
