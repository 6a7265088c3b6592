/** A program that is a service, and some admin steps beside it: the first argument chooses. */

/** Runs when it is imported. */
type Program = () => Promise<unknown>

/** Without a command, or with an option, the service. The chosen command does not see its own name among its arguments. */
export const runChosen = async (service: Program, commands: Readonly<Record<string, Program>>): Promise<void> => {
  const [first] = process.argv.slice(2)
  const names = Object.keys(commands).join(', ')
  if (first === undefined || first.startsWith('-')) {
    await service()
    if (first === '--help') console.log(`\nThe first argument may be a command instead: ${names}.`)
    return
  }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined
  if (!command) {
    console.error(`There is no command ${JSON.stringify(first)}. There are: ${names}. Without one the service starts.`)
    process.exitCode = 2
    return
  }
  process.argv.splice(2, 1)
  await command()
}
