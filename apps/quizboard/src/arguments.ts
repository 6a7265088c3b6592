/** What stands behind `npm start --`. */
import { parseArgs } from 'node:util'
import { Trouble } from './trouble.ts'

export const DEMO_PLAYERS = { least: 1, most: 2_000, usual: 200 } as const

export type Arguments = { help: true } | { help: false; demoPlayers: number | undefined }

/** Throws Trouble that names the wrong argument. */
export const parseArguments = (args: readonly string[]): Arguments => {
  const parsed = parse(withDemoNumber(args))
  if (parsed.positionals.length > 0) throw unknown(String(parsed.positionals[0]))
  if (parsed.values.help) return { help: true }
  const demo = parsed.values.demo
  if (demo === undefined) return { help: false, demoPlayers: undefined }
  const players = Number(demo)
  if (!/^\d+$/.test(demo) || players < DEMO_PLAYERS.least || players > DEMO_PLAYERS.most)
    throw new Trouble(
      `--demo takes a number of players from ${DEMO_PLAYERS.least} to ${DEMO_PLAYERS.most}, not "${demo}".`,
    )
  return { help: false, demoPlayers: players }
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: { demo: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
  } catch (error) {
    const option = /'([^']+)'/.exec((error as Error).message)?.[1]
    throw unknown(option ?? (error as Error).message)
  }
}

/** `--demo` alone means the usual number of players. */
const withDemoNumber = (args: readonly string[]): string[] =>
  args.flatMap((arg, i) =>
    arg === '--demo' && (args[i + 1] === undefined || args[i + 1]?.startsWith('-'))
      ? [arg, String(DEMO_PLAYERS.usual)]
      : [arg],
  )

const unknown = (arg: string) =>
  new Trouble(`"${arg}" is not an argument of Quizboard. \`npm start -- --help\` lists what there is.`)

export const HELP = `
Quizboard: live vocabulary quizzes.

  npm start                    starts it; everything is kept in the data folder
  npm start -- --demo [N]      also plays a sample quiz with N simulated players (${DEMO_PLAYERS.usual})
  npm start -- --help          this

Settings are environment variables (default in parentheses):

`
