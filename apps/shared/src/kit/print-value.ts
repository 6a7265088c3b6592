/**
 * Values of strangers, for errors and logs: at most `max` characters, whatever their size or depth; no code of the value
 * runs (no getter, no toJSON), and no token gets out.
 */

/** Names of fields whose values are never shown. */
const SECRET_NAME = /token|secret|password|authorization|jwk/i
/** A JSON Web Token, also one that is cut. */
const JWT = /eyJ[\w-]{8,}(\.[\w-]*){0,2}/g
const HIDDEN = '[hidden]'
const CUT = '…'
export const VALUE_MAX = 100

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name)

/** Cuts by code points: a surrogate pair stays whole. */
const cut = (text: string, max: number): string => {
  if (text.length <= max) return text
  const end = max - 1
  const last = text.charCodeAt(end - 1)
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end)}${CUT}`
}

/** A text without tokens: neither what looks like one nor `secret`. Only the first `max` characters are looked at and kept. */
export const printText = (text: string, max: number = VALUE_MAX, secret?: string): string => {
  let shown = text.length > max * 2 ? text.slice(0, max * 2 + (secret?.length ?? 0)) : text
  if (secret) shown = shown.replaceAll(secret, HIDDEN)
  shown = shown.replace(JWT, HIDDEN)
  return cut(shown, max)
}

/**
 * A value as JSON text of at most `max` characters. The recursion is as deep as the text is long at most: every level
 * writes its bracket before it goes on.
 */
export const printValue = (value: unknown, max: number = VALUE_MAX, secret?: string): string => {
  let out = ''
  const isFull = () => out.length > max
  const write = (item: unknown): void => {
    if (isFull()) return
    if (typeof item === 'string') out += JSON.stringify(printText(item, max, secret))
    else if (item === null || typeof item !== 'object') out += printScalar(item)
    else if (Array.isArray(item)) {
      out += '['
      for (let i = 0; i < item.length && !isFull(); i++) {
        if (i > 0) out += ','
        write(ownValue(item, i))
      }
      out += ']'
    } else {
      out += '{'
      let first = true
      for (const key in item) {
        if (isFull()) break
        if (!Object.hasOwn(item, key)) continue
        out += `${first ? '' : ','}${JSON.stringify(printText(key, max, secret))}:`
        first = false
        if (SECRET_NAME.test(key)) out += JSON.stringify(HIDDEN)
        else write(ownValue(item, key))
      }
      out += '}'
    }
  }
  write(value)
  return cut(out, max)
}

const printScalar = (value: unknown): string => {
  if (typeof value === 'function') return '[function]'
  if (typeof value === 'symbol') return '[symbol]'
  return String(value)
}

const ownValue = (holder: object, key: PropertyKey): unknown => {
  const property = Object.getOwnPropertyDescriptor(holder, key)
  if (property === undefined) return null
  return 'value' in property ? property.value : '[getter]'
}

/**
 * What an error shows of a value: scalars and what is short as they are (a copy), the rest as text that is cut. Numbers
 * that JSON cannot hold become text: `Infinity`.
 */
export const shownValue = (value: unknown, max: number = VALUE_MAX, secret?: string): unknown => {
  if (value === undefined || value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'string') return printText(value, max, secret)
  const text = printValue(value, max, secret)
  if (text.endsWith(CUT)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
