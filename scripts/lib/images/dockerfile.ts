/**
 * The Dockerfile of a bundle that is there already: the last stage of the repository's, so both give the same image. It needs no
 * network, which machines that build for a cluster of their own may not have.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../run.ts'

const LAST_STAGE = /^FROM (\S+) AS image$/m
const COPY = /^COPY --from=bundles \S+ \/app\/$/m

/** `args`: values of the Dockerfile's ARGs; those that are not given keep their defaults. */
export const bundledDockerfile = (
  args: Readonly<Record<string, string>>,
  whole = readFileSync(join(root, 'Dockerfile'), 'utf8'),
): string => {
  const start = LAST_STAGE.exec(whole)?.index
  if (start === undefined) throw new Error('Dockerfile has no line "FROM … AS image"')
  let stage = whole.slice(start)
  if (!COPY.test(stage)) throw new Error('Dockerfile has no line "COPY --from=bundles … /app/"')
  stage = stage.replace(COPY, 'COPY app/ /app/')
  for (const [name, value] of Object.entries(args)) {
    if (!/^[\w.:/+-]+$/.test(value)) throw new Error(`${name} of an image cannot be ${JSON.stringify(value)}`)
    const before = stage
    stage = stage.replace(new RegExp(`^ARG ${name}(=.*)?$`, 'm'), `ARG ${name}=${value}`)
    if (stage === before && !stage.includes(`ARG ${name}=${value}\n`)) throw new Error(`Dockerfile has no ARG ${name}`)
  }
  return `# Written by \`npm run bundle\` out of the last stage of the repository's Dockerfile.\n${stage}`
}
