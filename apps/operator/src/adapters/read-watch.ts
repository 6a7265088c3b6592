import type { LiveObject } from '../domain/observed.ts'
import { KubeError, kubeErrorOf } from './kube-error.ts'
import type { ListWatchOptions } from './list-watch-options.ts'

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: LiveObject
  /** From which a later watch goes on. */
  resourceVersion: string
}

export interface ReadWatchOptions {
  from: string
  timeoutMs: number
  silenceMs: number
  signal: AbortSignal
  onEvent(event: WatchEvent): void
}

type Source = Pick<ListWatchOptions, 'http' | 'path' | 'labelSelector' | 'clock'>

/**
 * One watch. Resolves when the server ends it in order, which it does after `timeoutMs`; rejects when it breaks, falls silent, or the
 * server sends an error event (410: `from` is too old).
 */
export const readWatch = async (source: Source, options: ReadWatchOptions): Promise<void> => {
  const { http, path, labelSelector, clock } = source
  const { from, timeoutMs, silenceMs, signal, onEvent } = options
  const silent = new AbortController()
  let timer = clock.after(silenceMs, () => silent.abort())
  const heard = () => {
    timer.cancel()
    timer = clock.after(silenceMs, () => silent.abort())
  }
  const query = {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: from,
    timeoutSeconds: String(Math.ceil(timeoutMs / 1_000)),
    labelSelector,
  }
  try {
    await http.stream(
      { method: 'GET', path, query },
      {
        signal: AbortSignal.any([signal, silent.signal]),
        onLine(line) {
          heard()
          onEvent(eventOf(line))
        },
      },
    )
  } catch (error) {
    if (silent.signal.aborted) throw new KubeError(`a watch of ${path} was silent for ${silenceMs} ms`, 0)
    throw error
  } finally {
    timer.cancel()
  }
}

const TYPES = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'])

/** Throws for an error event, and for what is no event. */
const eventOf = (line: string): WatchEvent => {
  const { type, object } = JSON.parse(line) as { type?: string; object?: LiveObject & { code?: number } }
  if (type === 'ERROR') throw kubeErrorOf(object?.code ?? 500, JSON.stringify(object), 'a watch')
  const resourceVersion = object?.metadata?.resourceVersion
  if (!TYPES.has(type ?? '') || !object || resourceVersion === undefined)
    throw new Error('a watch sent what is no event')
  return { type: type as WatchEvent['type'], object, resourceVersion }
}
