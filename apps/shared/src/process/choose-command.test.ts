import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runChosen } from './choose-command.ts'

const { argv } = process
const said: string[] = []
beforeEach(() => {
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void said.push(line))
})
afterEach(() => {
  vi.restoreAllMocks()
  process.argv = argv
  process.exitCode = undefined
  said.length = 0
})

/** What ran, with the arguments that it saw. */
const run = async (...args: string[]) => {
  process.argv = ['node', 'main.mjs', ...args]
  const ran: string[] = []
  const program = (name: string) => async () => void ran.push([name, ...process.argv.slice(2)].join(' '))
  await runChosen(program('service'), { migrate: program('migrate'), rebuild: program('rebuild') })
  return { ran, exitCode: process.exitCode }
}

it('without a command, or with an option, the service runs; --help tells the commands, too', async () => {
  expect((await run()).ran).toEqual(['service'])
  expect(said).toEqual([])
  expect((await run('--help')).ran).toEqual(['service --help'])
  expect(said.join()).toContain('migrate, rebuild')
})

it('a command runs alone, and sees its own arguments alone', async () => {
  expect((await run('migrate')).ran).toEqual(['migrate'])
  expect((await run('rebuild', 'ABC', '--mend')).ran).toEqual(['rebuild ABC --mend'])
})

it.each(['migrat', 'constructor', ''])('%o is no command: nothing runs, and what there is is told', async (word) => {
  expect(await run(word)).toEqual({ ran: [], exitCode: 2 })
  expect(said).toEqual([
    `There is no command ${JSON.stringify(word)}. There are: migrate, rebuild. Without one the service starts.`,
  ])
})
