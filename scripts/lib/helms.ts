/** The Helms that the chart is tested with: every one that HELM names, else the one in PATH. */
import { delimiter } from 'node:path'
import { inPath, isProgram } from './programs.ts'

/** HELM: paths of programs, separated as in PATH. Throws for one that is not there. */
export const findHelms = (): string[] => {
  const named = (process.env.HELM ?? '').split(delimiter).filter((path) => path !== '')
  const missing = named.find((path) => !isProgram(path))
  if (missing !== undefined) throw new Error(`HELM names ${missing}, which is no program`)
  return named.length > 0 ? named : inPath('helm').slice(0, 1)
}

export const NO_HELM = 'no Helm found: install it, or set HELM to the paths of one or more'
