import { expect, it } from 'vitest'
import { csvLine, fileName } from './csv.ts'

it('[Q11.5] quotes what needs quotes, by RFC 4180', () => {
  expect(csvLine(['a', 1, undefined, 'b,c', 'say "x"', 'two\nlines'])).toBe('a,1,,"b,c","say ""x""","two\nlines"\r\n')
})

it('[Q11.5] never lets a name or an answer be run as a formula by a spreadsheet', () => {
  expect(csvLine(['=HYPERLINK("x")', '+1', '-2', '@x', -2])).toBe(`"'=HYPERLINK(""x"")",'+1,'-2,'@x,-2\r\n`)
})

it('[Q11.5] makes a file name out of any title', () => {
  expect(fileName('Unit 4: Größe & Co. / x', 'csv')).toBe('Unit-4-Größe-Co-x.csv')
  expect(fileName('🦊', 'csv')).toBe('quiz.csv')
})
