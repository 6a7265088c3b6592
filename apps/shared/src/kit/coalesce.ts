/** Work that many ask for at once and that one run does for all. */

/**
 * The promise of a run that begins after the call: at most one run is under way, and everyone who asks meanwhile shares the
 * next. So what was true before the call is seen by the run, at the cost of at most two runs for any number of callers.
 */
export const coalesce = <T>(run: () => Promise<T>): (() => Promise<T>) => {
  let underWay: Promise<unknown> | undefined
  let next: Promise<T> | undefined
  const begin = (): Promise<T> => {
    const started = run()
    const settled = started.then(
      () => {},
      () => {},
    )
    underWay = settled
    void settled.then(() => {
      if (underWay === settled) underWay = undefined
    })
    return started
  }
  return () => {
    if (!underWay) return begin()
    next ??= underWay.then(() => {
      next = undefined
      return begin()
    })
    return next
  }
}

/** The same for each key; a key that nobody waits for takes no memory. */
export const coalesceByKey = <T>(run: (key: string) => Promise<T>): ((key: string) => Promise<T>) => {
  const entries = new Map<string, { ask: () => Promise<T>; waiting: number }>()
  return async (key) => {
    let entry = entries.get(key)
    if (!entry) {
      entry = { ask: coalesce(() => run(key)), waiting: 0 }
      entries.set(key, entry)
    }
    entry.waiting++
    try {
      return await entry.ask()
    } finally {
      entry.waiting--
      if (entry.waiting === 0) entries.delete(key)
    }
  }
}
