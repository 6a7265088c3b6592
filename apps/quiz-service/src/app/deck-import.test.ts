import { describe, expect, it } from 'vitest'
import { readCsv } from '../adapters/csv-reader.ts'
import { importQuestions } from './deck-import.ts'

const read = (text: string) => importQuestions(readCsv(text))
const told = (text: string) =>
  read(text).errors.map(({ row, column }) => (column === undefined ? `${row}` : `${row} ${column}`))

describe('a table', () => {
  it('[Q9.1] becomes questions, whatever the order of its columns', () => {
    const { questions, errors } = read(
      'answer,type,options,prompt,time_limit_ms,points\r\nright,choice,right|wrong,"Which, ""this""?",20000,500\r\noxen,typed,,Plural of ox?,,\r\n',
    )
    expect(errors).toEqual([])
    expect(questions).toEqual([
      {
        type: 'choice',
        prompt: 'Which, "this"?',
        answer: 'right',
        options: ['right', 'wrong'],
        points: 500,
        time_limit_ms: 20_000,
      },
      { type: 'typed', prompt: 'Plural of ox?', answer: 'oxen', points: 1_000, time_limit_ms: null },
    ])
  })
  it('[Q9.1] tells each bad row by the line where it starts, and takes the others', () => {
    const text = [
      'type,prompt,answer,options,points,time_limit_ms',
      'typed,"a',
      'b",x,,,',
      '',
      'typed,c,,,,',
      'choice,d,x,a|b,,',
      'typed,e,x,,many,1.5',
      'synonym,f,x,a|x,,',
      'typed,g',
      'typed,h,x,,10001,',
      '   ',
      'typed,i,x,,,',
      '',
    ].join('\n')
    const { questions, errors } = read(text)
    expect(questions.map(({ prompt }) => prompt)).toEqual(['a\nb', 'i'])
    expect(told(text)).toEqual(['5 answer', '6 answer', '7 points', '7 time_limit_ms', '8 type', '9', '10 points'])
    expect(errors[2]).toEqual({ row: 7, column: 'points', detail: 'must be a whole number', value: 'many' })
    expect(errors[5]?.detail).toBe('has 2 fields, the header has 6')
  })
  it('[Q9.1] goes on after a row that is no CSV', () => {
    const text = 'type,prompt,answer\ntyped,"a"b,x\ntyped,c,x\ntyped,d"e,x\ntyped,f,x\ntyped,"g,x\ntyped,h,x'
    expect(read(text).questions.map(({ prompt }) => prompt)).toEqual(['c', 'f', 'h'])
    expect(told(text)).toEqual(['2', '4', '6'])
  })
  it.each([
    ['nothing', '', ['1']],
    ['a header alone', 'type,prompt,answer', ['1']],
    ['a header without the answer', 'type,prompt\ntyped,a', ['1 answer']],
    ['a column twice', 'type,prompt,answer,prompt\ntyped,a,b,c', ['1 prompt']],
    ['no header', 'typed,What?,that', ['1 typed', '1 What?', '1 that', '1 type', '1 prompt', '1 answer']],
    ['one quote', '"', ['1', '1']],
  ])('[Q9.1] of %s gives no question and says why', (_, text, errors) => {
    expect(read(text).questions).toEqual([])
    expect(told(text)).toEqual(errors)
  })
  it('[Q9.1] passes over a column that it does not know, and says so', () => {
    const { questions, errors } = read('Type, PROMPT ,answer,pionts\ntyped,a,b,5')
    expect(questions).toMatchObject([{ prompt: 'a', points: 1_000 }])
    expect(errors).toMatchObject([{ row: 1, column: 'pionts' }])
  })
  it('[Q9] takes 500 questions, and reports a bounded number of problems', () => {
    const many = `type,prompt,answer\n${'typed,a,b\n'.repeat(502)}`
    expect(read(many).questions).toHaveLength(500)
    expect(told(many)).toEqual(['502', '503'])
    expect(told(`type,prompt,answer\n${'x\n'.repeat(400_000)}`)).toHaveLength(1_000)
    expect(told(`type,prompt,answer\n${'\n'.repeat(1_000_000)}`)).toEqual(['1'])
    expect(read(`type,prompt,answer\n${'a,"b,c\n'.repeat(100_000)}`).errors.length).toBeLessThan(100)
    expect(read(`type,prompt,answer\n${'typed,a"b,c\n'.repeat(100_000)}`).errors.length).toBeLessThan(100)
  })
})
