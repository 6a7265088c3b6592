import { ConfigError } from '../kit/config.ts'

/** Something the user can mend: it is shown as plain words, without a stack, and ends the process with code 1. */
export class Trouble extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Trouble'
  }
}

/** Its message is for whoever started the program. */
export const isForUser = (error: unknown): boolean => error instanceof Trouble || error instanceof ConfigError
