/** Words and numbers as people read them. */
const counting = new Intl.NumberFormat('en')

/** 12345 → 12,345 */
export const formatNumber = (value: number): string => counting.format(value)

/** 1 → 1 player, 2 → 2 players */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })
const SUFFIXES: Record<string, string> = { one: 'st', two: 'nd', few: 'rd' }

/** 1 → 1st, 22 → 22nd */
export const ordinal = (value: number): string => `${formatNumber(value)}${SUFFIXES[ordinals.select(value)] ?? 'th'}`

/** The length that the limits of the contract count. */
export const codePoints = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

/** What players see of somebody without a name: a foreign producer's user. */
export const displayName = (standing: { name: string | null; user_id: string }): string =>
  standing.name ?? `Guest ${standing.user_id.slice(0, 8)}`

/** What stands in a path, as it was typed; what cannot be decoded stays. */
export const fromPath = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A, B, C … of the option with this index. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index)
