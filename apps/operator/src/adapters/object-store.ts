/** The objects of one collection by `namespace/name`. */
import type { LiveObject } from '../domain/observed.ts'

export interface Change {
  /** As it is; of one that went, as it was. */
  object: LiveObject
  /** As it was before; undefined: it was not there. */
  before: LiveObject | undefined
  gone: boolean
}

export interface ObjectStore {
  get(key: string): LiveObject | undefined
  values(): Iterable<LiveObject>
  readonly size: number
  /** Undefined: it is as it was. */
  put(object: LiveObject): Change | undefined
  /** Undefined: it was not there. */
  remove(object: LiveObject): Change | undefined
  replace(objects: readonly LiveObject[]): Change[]
}

export const keyOf = ({ metadata }: Pick<LiveObject, 'metadata'>): string =>
  `${metadata.namespace ?? ''}/${metadata.name}`

/** `keep`: what is kept of an object. */
export const createObjectStore = (keep: (object: LiveObject) => LiveObject = (object) => object): ObjectStore => {
  const objects = new Map<string, LiveObject>()
  const isSame = (a: LiveObject | undefined, b: LiveObject) =>
    a?.metadata.uid === b.metadata.uid && a?.metadata.resourceVersion === b.metadata.resourceVersion

  const store: ObjectStore = {
    get: (key) => objects.get(key),
    values: () => objects.values(),
    get size() {
      return objects.size
    },
    put(received) {
      const key = keyOf(received)
      const before = objects.get(key)
      if (isSame(before, received)) return undefined
      const object = keep(received)
      objects.set(key, object)
      return { object, before, gone: false }
    },
    remove(received) {
      const key = keyOf(received)
      const before = objects.get(key)
      if (!before) return undefined
      objects.delete(key)
      return { object: before, before, gone: true }
    },
    replace(next) {
      const keys = new Set(next.map(keyOf))
      const gone = [...objects.values()].filter((object) => !keys.has(keyOf(object)))
      return [...gone.map(store.remove), ...next.map(store.put)].filter((change) => change !== undefined)
    },
  }
  return store
}
