/** The corrections of a quiz, the newest first, followed until all are done. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { HostApi, Regrade } from '../api/host.ts'
import { formatNumber, plural } from '../lib/text.ts'

const LOOK_MS = 1_500

export const regradeText = ({ done_at, answers, changed }: Regrade): string =>
  done_at === null
    ? 'The answers are being judged again. You can go on meanwhile.'
    : `Corrected: ${plural(answers, 'answer')} judged again, ${formatNumber(changed)} changed.`

export interface Regrades {
  /** Undefined until the first page is there. */
  items: readonly Regrade[] | undefined
  error: unknown
  /** Absent: all are there. */
  more: (() => void) | undefined
  reload(): void
}

/** `onDone` is called once for each that was seen under way and is done now. */
export const useRegrades = (api: HostApi, quizId: string, onDone: (regrade: Regrade) => void): Regrades => {
  const [state, setState] = useState<{ items?: readonly Regrade[]; next?: string | null; error?: unknown }>({})
  const [round, setRound] = useState(0)
  const reload = useCallback(() => setRound((count) => count + 1), [])
  const underWay = useRef<ReadonlySet<number>>(new Set())
  const told = useRef(onDone)
  told.current = onDone
  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks for another look.
  useEffect(() => {
    let stopped = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const take = ({ regrades, next }: { regrades: Regrade[]; next: string | null }) => {
      if (stopped) return
      setState({ items: regrades, next })
      const before = underWay.current
      underWay.current = new Set(regrades.filter(({ done_at }) => done_at === null).map(({ revision }) => revision))
      for (const regrade of regrades)
        if (before.has(regrade.revision) && regrade.done_at !== null) told.current(regrade)
      if (underWay.current.size > 0) timer = setTimeout(reload, LOOK_MS)
    }
    api.regrades(quizId).then(take, (error: unknown) => {
      if (stopped) return
      setState((now) => ({ ...now, error }))
      // What is under way is followed through a lost connection.
      if (underWay.current.size > 0) timer = setTimeout(reload, 2 * LOOK_MS)
    })
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [api, quizId, round])
  const { items, next, error } = state
  const more = useCallback(() => {
    if (!next) return
    api.regrades(quizId, next).then(
      (page) => setState((now) => ({ items: [...(now.items ?? []), ...page.regrades], next: page.next })),
      (failure: unknown) => setState((now) => ({ ...now, error: failure })),
    )
  }, [api, quizId, next])
  return { items, error, more: next ? more : undefined, reload }
}
