import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments.ts'

describe('the arguments of npm start', () => {
  it('[Q10.4] may be none, help, or a demo with a number of players', () => {
    expect(parseArguments([])).toEqual({ help: false, demoPlayers: undefined })
    expect(parseArguments(['--help'])).toEqual({ help: true })
    expect(parseArguments(['-h'])).toEqual({ help: true })
    expect(parseArguments(['--demo', '12'])).toEqual({ help: false, demoPlayers: 12 })
    expect(parseArguments(['--demo=12'])).toEqual({ help: false, demoPlayers: 12 })
    expect(parseArguments(['--demo'])).toEqual({ help: false, demoPlayers: 200 })
    const elsewhere = { help: false, demoPlayers: 200, at: 'https://quiz.example' }
    expect(parseArguments(['--demo', '--at', 'https://quiz.example/'])).toEqual(elsewhere)
  })

  it.each([
    [['--demo', 'many'], /"many"/],
    [['--demo', '0'], /from 1 to 2000/],
    [['--demo', '2001'], /from 1 to 2000/],
    [['--demo', '1e3'], /"1e3"/],
    [['--at', 'http://quiz.example'], /--at goes with --demo/],
    [['--demo', '5', '--at', 'quiz.example'], /"quiz.example"/],
    [['--demo', '5', '--at', 'ftp://quiz.example'], /http:\/\/ or https:\/\//],
    [['--port', '80'], /"--port" is not an argument/],
    [['now'], /"now" is not an argument/],
    [['-x'], /"-x" is not an argument/],
  ])('[Q10.4] refuses %j and says why', (args, message) => {
    expect(() => parseArguments(args)).toThrow(message)
  })
})
