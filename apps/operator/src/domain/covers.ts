/**
 * Whether a live object has everything that is wanted of it. The API server adds defaults and other people their fields: more than
 * is wanted is no difference. What went from the wanted object shows in its hash, not here.
 */
type Json = unknown

export const covers = (live: Json, wanted: Json): boolean => {
  if (Object.is(live, wanted)) return true
  if (live === undefined) return isEmpty(wanted)
  if (Array.isArray(wanted)) return Array.isArray(live) && coversList(live, wanted)
  if (isObject(wanted))
    return isObject(live) && Object.entries(wanted).every(([key, value]) => covers(live[key], value))
  return sameQuantity(live, wanted)
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The API server leaves empty values out. */
const isEmpty = (value: Json): boolean =>
  value === '' ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.values(value).every(isEmpty))

/** Lists of objects are sets by key: others may have added entries. In lists of texts and numbers the order counts. */
const coversList = (live: readonly Json[], wanted: readonly Json[]): boolean =>
  wanted.every(isObject)
    ? wanted.every((item) => live.some((candidate) => covers(candidate, item)))
    : live.length === wanted.length && wanted.every((item, i) => covers(live[i], item))

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
}

const amount = (value: Json): number | undefined => {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.exec(String(value)) ?? []
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 1)
}

/** The API server writes quantities its own way: 1000m becomes 1. */
const sameQuantity = (live: Json, wanted: Json): boolean => {
  if (typeof live === 'object' || typeof wanted === 'object' || typeof wanted === 'boolean') return false
  const [a, b] = [amount(live), amount(wanted)]
  return a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-9 * Math.max(a, b)
}
