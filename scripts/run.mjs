#!/usr/bin/env node
/**
 * The front door of every npm script: `node scripts/run.mjs <command> [arguments]`.
 *
 * Plain JavaScript without dependencies, for any Node from 20.19 on: it finds or installs what is missing, chooses a Node
 * that can run the product (24 or newer), and hands over. Everything behind this door is TypeScript on that Node.
 */
import { readdirSync } from 'node:fs'
import { runChild } from './front/child.mjs'
import { install } from './front/install.mjs'
import { chooseNode } from './front/node.mjs'
import { root, Trouble } from './front/trouble.mjs'

const OLDEST = [20, 19]

const commands = () => [
  'start',
  ...readdirSync(new URL('commands/', import.meta.url))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length)),
]

const main = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new Trouble(`Quizboard needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}.`)
  const [command, ...args] = process.argv.slice(2)
  if (command === undefined || !commands().includes(command))
    throw new Trouble(
      `${command === undefined ? 'No command was given' : `There is no command "${command}"`}. There are: ${commands().join(', ')}.`,
      2,
    )
  await install()
  const node = chooseNode()
  if (command !== 'start') return runChild(node, [`${root}/scripts/commands/${command}.ts`, ...args])
  // The web pages are built at the first start, and again whenever their sources change.
  const built = await runChild(node, [`${root}/scripts/commands/build.ts`, '--quiet'])
  return built === 0 ? runChild(node, [`${root}/apps/quizboard/src/main.ts`, ...args], { channel: true }) : built
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Trouble)) throw error
  console.error(`\n${error.message}\n`)
  process.exitCode = error.exitCode
}
