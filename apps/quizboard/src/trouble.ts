/** Something the user can mend: it is shown as plain words, without a stack, and ends the process with code 1. */
export class Trouble extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Trouble'
  }
}
