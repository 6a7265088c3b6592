/** Runs what it is given one after the other, whatever becomes of each. */
export const createTurns = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}

/** The same for each key; a key that nothing waits for takes no memory. */
export const createTurnsByKey = (): (<T>(key: string, work: () => Promise<T>) => Promise<T>) => {
  const lasts = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const mine = (lasts.get(key) ?? Promise.resolve()).then(work)
    const last = mine
      .catch(() => {})
      .then(() => {
        if (lasts.get(key) === last) lasts.delete(key)
      })
    lasts.set(key, last)
    return mine
  }
}
