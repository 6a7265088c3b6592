/** The host's token in this browser, shared by its tabs: the projector opened from here may use it too. */
import { hasStrings, type KeyValue } from '../lib/storage.ts'

const KEY = 'host'

export const loadHostToken = (storage: KeyValue): string | undefined => {
  const value = storage.read(KEY)
  return hasStrings(value, 'token') ? value.token : undefined
}

export const saveHostToken = (storage: KeyValue, token: string): void => storage.write(KEY, { token })

export const forgetHostToken = (storage: KeyValue): void => storage.remove(KEY)

/** The one-time code of `/host#code=…`, taken out of the address, so that it is in no history and no screenshot. */
export const takeCode = (): string | undefined => {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code === null) return undefined
  history.replaceState(history.state, '', location.pathname + location.search)
  return code
}
