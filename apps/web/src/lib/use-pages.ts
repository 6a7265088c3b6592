/** A list that comes in pages: the first at once, the others on demand. */
import { useCallback, useEffect, useRef, useState } from 'react'

export interface Pages<T> {
  /** Undefined until the first page is there. */
  items: readonly T[] | undefined
  error: unknown
  /** Absent when all pages are there. */
  more: (() => void) | undefined
  reload: () => void
}

type LoadPage<T> = (after?: string) => Promise<{ items: readonly T[]; next: string | null }>

export const usePages = <T>(load: LoadPage<T>, keys: readonly unknown[]): Pages<T> => {
  const [state, setState] = useState<{ items?: readonly T[]; next?: string | null; error?: unknown }>({})
  const [round, setRound] = useState(0)
  const current = useRef(load)
  current.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says by `keys` when `load` means something else.
  useEffect(() => {
    let stopped = false
    current.current().then(
      (page) => !stopped && setState({ items: page.items, next: page.next }),
      (error: unknown) => !stopped && setState({ error }),
    )
    return () => {
      stopped = true
    }
  }, [...keys, round])
  const { items, next, error } = state
  const more = useCallback(() => {
    if (!next) return
    current.current(next).then(
      (page) => setState((now) => ({ items: [...(now.items ?? []), ...page.items], next: page.next })),
      (failure: unknown) => setState((now) => ({ ...now, error: failure })),
    )
  }, [next])
  const reload = useCallback(() => setRound((count) => count + 1), [])
  return { items, error, more: next ? more : undefined, reload }
}
