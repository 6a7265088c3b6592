import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, Trouble } from './trouble.mjs'

/** node:sqlite and TypeScript without flags. */
const NEEDED = 24

/** The pinned Node that comes with the packages; there is none for every platform. */
const pinnedNode = () => {
  const system = process.platform === 'win32' ? 'win' : process.platform
  return join(
    root,
    'node_modules',
    `node-${system}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  )
}

/** Path of a Node that can run the product: the one at hand if it is new enough, else the pinned one. */
export const chooseNode = () => {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath
  if (existsSync(pinnedNode())) return pinnedNode()
  throw new Trouble(
    `Quizboard needs Node ${NEEDED} or newer; this is ${process.versions.node}, and no Node for ${process.platform} ${process.arch} comes with the packages` +
      ' (or optional packages were left out).\n' +
      `Install Node ${NEEDED} from https://nodejs.org, then run this again.`,
  )
}
