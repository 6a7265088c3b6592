/** Why the embedded PostgreSQL cannot run, in words for the person who started it. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedPostgresError'
  }
}

/** What programs say about trouble that people know: a full disk, mostly. `dataDir`: the folder it is about. */
export const explain = (output: string, dataDir: string): string => {
  if (/no space left on device|disk quota exceeded/i.test(output))
    return `The disk is full: PostgreSQL cannot write to ${dataDir}.`
  if (/read-only file system/i.test(output)) return `${dataDir} is on a read-only file system.`
  if (/permission denied/i.test(output)) return `PostgreSQL may not write to ${dataDir}.`
  if (/cannot allocate memory|could not (create|map) .*shared memory/i.test(output))
    return 'There is not enough memory for PostgreSQL.'
  return ''
}

/** The last lines of what a program said. */
export const tail = (output: string, lines = 8): string => output.trim().split('\n').slice(-lines).join('\n')
