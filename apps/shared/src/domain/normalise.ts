/**
 * Typed answers are compared after NFKC, case folding, stripping of marks and of surrounding punctuation, trimming and
 * joining of spaces; the key goes through the same.
 */

/**
 * Full case folding by the language's own tables: ß and ẞ become ss, every sigma one, and no locale is asked. The dotless ı
 * becomes i, so that a word is equal to its own capitals. (Checked against Unicode's CaseFolding for every code point: all
 * else falls into the same classes.)
 */
const fold = (text: string): string => text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')

const MARKS = /\p{M}/gu
/** Zero-width spaces, joiners, direction marks: what no one can see must not make an answer wrong. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu
const OUTER = /^[\p{P}\s]+|[\p{P}\s]+$/gu
const SPACES = /\s+/g

/**
 * The form in which two spellings are equal. Never empty: of a text that is punctuation or marks alone (a question may ask for a
 * sign) those count; of one that is invisible alone, every character.
 */
export const normalise = (text: string): string => {
  const folded = fold(text.normalize('NFKC')).replace(INVISIBLE, '')
  const bare = folded.normalize('NFKD').replace(MARKS, '').normalize('NFKC').replace(OUTER, '').replace(SPACES, ' ')
  if (bare !== '') return bare
  return folded.normalize('NFKC').replace(SPACES, ' ').trim() || text
}
