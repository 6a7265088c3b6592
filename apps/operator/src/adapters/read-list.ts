import type { LiveObject } from '../domain/observed.ts'
import { isGone } from './kube-error.ts'
import type { ListWatchOptions } from './list-watch-options.ts'

type Source = Pick<ListWatchOptions, 'http' | 'path' | 'labelSelector' | 'apiVersion' | 'kind'>

interface Page {
  metadata?: { resourceVersion?: string; continue?: string }
  items?: LiveObject[]
}

/** The whole collection as of one moment, page by page. Rejects with KubeError. */
export const readList = async (
  source: Source,
  pageSize: number,
): Promise<{ items: LiveObject[]; resourceVersion: string }> => {
  try {
    return await readPages(source, String(pageSize))
  } catch (error) {
    // The pages took longer than the server remembers that moment: all at once, then.
    if (isGone(error)) return readPages(source, undefined)
    throw error
  }
}

const readPages = async ({ http, path, labelSelector, apiVersion, kind }: Source, limit: string | undefined) => {
  const items: LiveObject[] = []
  let resourceVersion: string
  let next: string | undefined
  do {
    const query = { limit, continue: next, labelSelector }
    const page = (await http.send({ method: 'GET', path, query })) as Page
    // Items of a list do not carry their kind.
    for (const item of page.items ?? []) items.push({ ...item, apiVersion, kind })
    next = page.metadata?.continue || undefined
    resourceVersion = page.metadata?.resourceVersion ?? ''
  } while (next !== undefined)
  return { items, resourceVersion }
}
