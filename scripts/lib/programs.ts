/** Programs that tests need of the machine: named by a setting, or in PATH. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

export const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Every one of that name, in the order of PATH. */
export const inPath = (name: string): string[] =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, process.platform === 'win32' ? `${name}.exe` : name))
    .filter(isProgram)

/** The one that the setting names, else the first in PATH. Throws if the setting names none. */
const findProgram = (name: string, setting: string): string | undefined => {
  const named = process.env[setting]
  if (!named) return inPath(name)[0]
  if (!isProgram(named)) throw new Error(`${setting} names ${named}, which is no program`)
  return named
}

export const findPrometheus = (): string | undefined => findProgram('prometheus', 'PROMETHEUS')
export const findPromtool = (): string | undefined => findProgram('promtool', 'PROMTOOL')
export const findKubeScore = (): string | undefined => findProgram('kube-score', 'KUBE_SCORE')
