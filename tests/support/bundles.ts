/** Bundles in a folder outside of the repository, where no package is near. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeBundles } from '../../scripts/lib/images/make-bundles.ts'

export interface Bundles {
  /** The program of a service. */
  program(service: string): string
  remove(): void
}

export const bundlesOf = async (services: readonly string[]): Promise<Bundles> => {
  const parent = mkdtempSync(join(tmpdir(), 'quizboard-bundles-'))
  await makeBundles(services, { parent })
  return {
    program: (service) => join(parent, service, 'app/main.mjs'),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  }
}
