/** Where a build comes from, as its image tells. What is not known is left out. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../run.ts'

const git = (...args: string[]): string | undefined => {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** Address of a remote repository for a browser. A login in it stays private; a place on this machine says nothing to others. */
export const sourceOf = (remote: string | undefined): string | undefined => {
  const [, host, path] =
    /^(?:https:\/\/|ssh:\/\/)?(?:[^@/\s]+@)?([\w.-]+\.[a-z]{2,})[:/]([\w./-]+)$/.exec(remote ?? '') ?? []
  return host && path ? `https://${host}/${path.replace(/\.git$/, '')}` : undefined
}

/** By the names of the Dockerfile's ARGs. */
export const originOfBuild = (): Record<string, string> => {
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const commit = git('rev-parse', 'HEAD')
  const revision = commit && (git('status', '--porcelain') ? `${commit}-changed` : commit)
  const source = sourceOf(git('remote', 'get-url', 'origin'))
  return { VERSION: version, ...(revision && { REVISION: revision }), ...(source && { SOURCE: source }) }
}
