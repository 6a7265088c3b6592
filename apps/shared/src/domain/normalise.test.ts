import { describe, expect, it } from 'vitest'
import { normalise } from './normalise.ts'

describe('[Q2.7] typed answers are compared in a normal form', () => {
  it.each<[string, string, string]>([
    ['case', 'Épée', 'éPÉE'],
    ['sharp s', 'Straße', 'STRASSE'],
    ['capital sharp s', 'STRAẞE', 'strasse'],
    ['the final sigma', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['a sigma that is final only alone', 'σας', 'ΣΑΣ'],
    ['the Turkish capital i with a dot', 'İstanbul', 'istanbul'],
    ['the Turkish dotless i and its capital', 'ılık', 'ILIK'],
    ['a word and its capitals, whatever the letters', 'ǆungla ŉ ﬃ ᾳ', 'ǆungla ŉ ﬃ ᾳ'.toUpperCase()],
    ['Georgian capitals', 'თბილისი', 'ᲗᲑᲘᲚᲘᲡᲘ'],
    ['Cherokee small letters', 'ᏣᎳᎩ', 'ꮳꮃꭹ'],
    ['ligatures', 'ﬁnance', 'finance'],
    ['full-width letters', 'Ｑｕｉｚ１', 'quiz1'],
    ['half-width katakana', 'ｶﾞｷﾞ', 'ガギ'],
    ['roman numerals and superscripts', 'Ⅳ²', 'iv2'],
    ['marks, composed', 'crème brûlée', 'creme brulee'],
    ['marks, decomposed', 'cre\u0300me bru\u0302le\u0301e', 'crème brûlée'],
    ['stacked marks', 'z̵͎̖͐a̶l̷g̸o', 'zalgo'],
    ['Vietnamese', 'phở tiếng Việt', 'pho tieng viet'],
    ['Hebrew points', 'שָׁלוֹם', 'שלום'],
    ['Arabic vowels', 'مُحَمَّد', 'محمد'],
    ['Hangul, composed or by its letters', '한국어', '한국어'.normalize('NFD')],
    ['surrounding quotes and a full stop', '“To be.”', 'to be'],
    ['inverted marks', '¿Qué?', 'que'],
    ['guillemets with their spaces', '« Bonjour ! »', 'bonjour'],
    ['brackets of another script', '「日本」。', '日本'],
    ['spaces around', '  owl\t\n', 'owl'],
    ['spaces between', 'ice \u00a0 \u2003cream', 'ice cream'],
    ['an ideographic space', '東　京', '東 京'],
    ['punctuation and spaces in turns', ' ( "owl" ) . ', 'owl'],
    ['what no one sees', 'o\u200bw\u00adl\ufeff\u200e', 'owl'],
    ['a variation selector', '❤\ufe0f', '❤'],
  ])('%s: %j is %j', (_, a, b) => {
    expect(normalise(a)).toBe(normalise(b))
  })

  it.each<[string, string, string]>([
    ['other words', 'owl', 'own'],
    ['one word or two', 'ice cream', 'icecream'],
    ['punctuation inside', "we're", 'were'],
    ['a hyphen inside', 're-sign', 'resign'],
    ['letters that are no base with a mark', 'øre', 'ore'],
    ['scripts that look alike', 'сор', 'cop'],
    ['symbols, which are no punctuation', 'C++', 'C'],
    ['digits', '10', '1O'],
    ['emoji', '🦉', '🦆'],
  ])('%s differ: %j is not %j', (_, a, b) => {
    expect(normalise(a)).not.toBe(normalise(b))
  })

  it.each<[string, string, string, boolean]>([
    ['a question for a sign', '?', ' ? ', true],
    ['another sign', '?', '!', false],
    ['signs in full width', '？！', '?!', true],
    ['two signs for one', '?', '??', false],
    ['a mark alone', '\u0301', '\u0301', true],
    ['another mark', '\u0301', '\u0300', false],
    ['a sign for a word', 'a', '.', false],
    ['spaces alone', '   ', '\u00a0', false],
    ['what is invisible alone', '\u200b', '\u200b', true],
    ['another invisible', '\u200b', '\u200d', false],
  ])('where nothing would be left, what was there counts: %s', (_, a, b, equal) => {
    expect(normalise(a) === normalise(b)).toBe(equal)
  })

  it('is never empty, and a normal form is its own', () => {
    const samples = [
      '',
      ' ',
      '.',
      '"Zq1é 3"!',
      'ﷺ',
      '\u0345',
      'ŉ',
      '🇩🇪',
      'x'.repeat(200),
      '\u{10ffff}',
      '\u3164',
      'Å̧ ﬅ',
      '...a...',
    ]
    for (const sample of samples.slice(1)) {
      expect(normalise(sample)).not.toBe('')
      expect(normalise(normalise(sample))).toBe(normalise(sample))
    }
  })
})
