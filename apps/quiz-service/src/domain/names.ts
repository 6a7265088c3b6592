/** Players' names: what a name may be, and the number that a taken one gets. */
import { LIMITS } from '@quizboard/shared/contracts/rest.ts'
import { hasBidiControl, hasControl } from './texts.ts'

export type ParsedName = { ok: true; name: string } | { ok: false; detail: string }

/** Something of it must be seen: neither ignorable code points (zero-width, fillers), nor spaces, nor controls. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Z}\p{Cc}\p{Cf}]/gu

/** NFC and trimmed; 1–40 code points, no controls, no bidi controls. */
export const parseName = (raw: string): ParsedName => {
  // Of 40 code points NFC makes no fewer than a few hundred code units at worst; megabytes need not be normalised.
  if (raw.length > 10_000) return { ok: false, detail: tooLong }
  if (!raw.isWellFormed()) return { ok: false, detail: 'must be well-formed Unicode text' }
  const name = raw.normalize('NFC').trim()
  if (name === '') return { ok: false, detail: 'must have at least 1 character' }
  if ([...name].length > LIMITS.name) return { ok: false, detail: tooLong }
  if (hasControl(name)) return { ok: false, detail: 'must not contain control characters or line breaks' }
  if (hasBidiControl(name)) return { ok: false, detail: 'must not contain characters that steer the text direction' }
  if (name.replace(INVISIBLE, '') === '') return { ok: false, detail: 'must have a character that can be seen' }
  return { ok: true, name }
}
const tooLong = `must have at most ${LIMITS.name} characters`

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** `Anna`, `Anna 2`, `Anna 3`, …; a long name is shortened by whole graphemes, so that it fits with its number. */
export const numberedName = (name: string, number: number): string => {
  if (number === 1) return name
  const suffix = ` ${number}`
  return `${shortened(name, LIMITS.name - suffix.length)}${suffix}`
}

const shortened = (name: string, max: number): string => {
  const points = [...name]
  if (points.length <= max) return name
  let kept = ''
  let count = 0
  for (const { segment } of graphemes.segment(name)) {
    count += [...segment].length
    if (count > max) break
    kept += segment
  }
  kept = kept.trimEnd()
  // One grapheme of forty marks: rather half of it than nothing.
  return kept === '' ? points.slice(0, max).join('') : kept
}

/** The names that `wanted` may get: `reach(name)` candidates each, the name itself first. */
export const nameCandidates = (wanted: readonly string[], reach: (name: string) => number): string[] => {
  const candidates = new Set<string>()
  for (const name of new Set(wanted))
    for (let number = 1; number <= reach(name); number++) candidates.add(numberedName(name, number))
  return [...candidates]
}

/**
 * A name for each of `wanted`, in order: the first candidate that neither is in `taken` nor was given before. `taken` must
 * have all taken names among the candidates; undefined: these do not suffice.
 */
export const assignNames = (
  wanted: readonly string[],
  taken: ReadonlySet<string>,
  reach: (name: string) => number,
): string[] | undefined => {
  const given = new Set<string>()
  const numbers = new Map<string, number>()
  const names: string[] = []
  for (const name of wanted) {
    let number = numbers.get(name) ?? 1
    let candidate = numberedName(name, number)
    while (taken.has(candidate) || given.has(candidate)) {
      number++
      if (number > reach(name)) return undefined
      candidate = numberedName(name, number)
    }
    numbers.set(name, number)
    given.add(candidate)
    names.push(candidate)
  }
  return names
}
