/** What stands behind `npm start --`. */
import { parseArgs } from 'node:util'
import { Trouble } from '@quizboard/shared/process/trouble.ts'

export const DEMO_PLAYERS = { least: 1, most: 2_000, usual: 200 } as const

export type Arguments =
  | { help: true }
  /** `at`: of a Quizboard that runs elsewhere; nothing is started but the demo. */
  | { help: false; demoPlayers: number | undefined; at?: string }

/** Throws Trouble that names the wrong argument. */
export const parseArguments = (args: readonly string[]): Arguments => {
  const parsed = parse(withDemoNumber(args))
  if (parsed.positionals.length > 0) throw unknown(String(parsed.positionals[0]))
  if (parsed.values.help) return { help: true }
  const { demo, at } = parsed.values
  if (demo === undefined) {
    if (at !== undefined) throw new Trouble('--at goes with --demo: it says where the demo is played.')
    return { help: false, demoPlayers: undefined }
  }
  const players = Number(demo)
  if (!/^\d+$/.test(demo) || players < DEMO_PLAYERS.least || players > DEMO_PLAYERS.most)
    throw new Trouble(
      `--demo takes a number of players from ${DEMO_PLAYERS.least} to ${DEMO_PLAYERS.most}, not "${demo}".`,
    )
  return { help: false, demoPlayers: players, ...(at !== undefined && { at: urlOf(at) }) }
}

const urlOf = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Trouble(`--at takes a URL that begins with http:// or https://, not "${text}".`)
  return text.replace(/\/+$/, '')
}

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: { demo: { type: 'string' }, at: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
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
  npm start -- --demo [N] --at URL
                               plays it at a Quizboard that runs elsewhere; QUIZBOARD_HOST_TOKEN is its hosts' token
  npm start -- --help          this

Settings are environment variables (default in parentheses):

`
