/**
 * JSON in the browser's local storage, under `quizboard.`. Private windows and full disks may refuse: then the page works on
 * without it, and only a refresh loses what was not kept.
 */
const PREFIX = 'quizboard.'

export interface KeyValue {
  read(key: string): unknown
  write(key: string, value: unknown): void
  remove(key: string): void
}

export const localKeyValue: KeyValue = {
  read: (key) => {
    try {
      const text = localStorage.getItem(PREFIX + key)
      return text === null ? undefined : JSON.parse(text)
    } catch {
      return undefined
    }
  },
  write: (key, value) => {
    try {
      localStorage.setItem(PREFIX + key, JSON.stringify(value))
    } catch {
      // Nothing to do: see above.
    }
  },
  remove: (key) => {
    try {
      localStorage.removeItem(PREFIX + key)
    } catch {
      // Nothing to do: see above.
    }
  },
}

/** The same in memory, for tests. */
export const memoryKeyValue = (): KeyValue => {
  const kept = new Map<string, string>()
  return {
    read: (key) => {
      const text = kept.get(key)
      return text === undefined ? undefined : JSON.parse(text)
    },
    write: (key, value) => void kept.set(key, JSON.stringify(value)),
    remove: (key) => void kept.delete(key),
  }
}

/** Whether a stored value is an object whose fields `names` are all strings. */
export const hasStrings = <K extends string>(value: unknown, ...names: K[]): value is Record<K, string> =>
  typeof value === 'object' &&
  value !== null &&
  names.every((name) => typeof (value as Record<string, unknown>)[name] === 'string')
