/** Loads something when `keys` change; a failure can be tried again. */
import { useCallback, useEffect, useState } from 'react'

export interface Loaded<T> {
  value: T | undefined
  error: unknown
  reload: () => void
  /** Puts a newer value in place without loading. */
  set: (value: T) => void
}

export const useLoad = <T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> => {
  const [state, setState] = useState<{ value?: T; error?: unknown }>({})
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says by `keys` when `load` means something else.
  useEffect(() => {
    const controller = new AbortController()
    setState(({ value }) => (round > 0 && value !== undefined ? { value } : {}))
    load(controller.signal).then(
      (value) => !controller.signal.aborted && setState({ value }),
      (error: unknown) => !controller.signal.aborted && setState({ error }),
    )
    return () => controller.abort()
  }, [...keys, round])
  const reload = useCallback(() => setRound((count) => count + 1), [])
  const set = useCallback((value: T) => setState({ value }), [])
  return { value: state.value, error: state.error, reload, set }
}
