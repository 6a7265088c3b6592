/** Group commit: requests that arrive while a batch is under way form the next one. */

export interface Batches<Item, Result> {
  /** Undefined: too many wait already. Rejects if the batch that it was in did. */
  submit(key: string, item: Item): Promise<Result> | undefined
  /** Resolves once nothing is under way. */
  settled(): Promise<void>
}

interface Waiting<Item, Result> {
  item: Item
  resolve(result: Result): void
  reject(error: unknown): void
}

/**
 * `run` gets the items of one key, at most `batchMax`, and gives a result for each, in their order. Batches of one key run
 * one after another, those of different keys side by side. At most `waitingMax` items of a key wait.
 */
export const createBatches = <Item, Result>(options: {
  run(key: string, items: readonly Item[]): Promise<readonly Result[]>
  batchMax: number
  waitingMax: number
}): Batches<Item, Result> => {
  const { run, batchMax, waitingMax } = options
  const queues = new Map<string, Waiting<Item, Result>[]>()
  const workers = new Set<Promise<void>>()

  const runBatch = async (key: string, batch: readonly Waiting<Item, Result>[]) => {
    try {
      const results = await run(
        key,
        batch.map(({ item }) => item),
      )
      batch.forEach(({ resolve, reject }, i) => {
        const result = results[i]
        if (result === undefined) reject(new Error('a batch gave fewer results than it had items'))
        else resolve(result)
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  const work = async (key: string, queue: Waiting<Item, Result>[]) => {
    // What arrives in the same turn of the event loop is in the first batch already.
    await Promise.resolve()
    while (queue.length > 0) await runBatch(key, queue.splice(0, batchMax))
    queues.delete(key)
  }

  return {
    submit(key, item) {
      let queue = queues.get(key)
      if (queue && queue.length >= waitingMax) return undefined
      if (!queue) {
        queue = []
        queues.set(key, queue)
        const worker = work(key, queue).finally(() => workers.delete(worker))
        workers.add(worker)
      }
      const waiting = queue
      return new Promise((resolve, reject) => waiting.push({ item, resolve, reject }))
    },
    async settled() {
      while (workers.size > 0) await Promise.all(workers)
    },
  }
}
