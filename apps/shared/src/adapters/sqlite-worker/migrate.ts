import type { DatabaseSync } from 'node:sqlite'

/**
 * Brings a database to the newest schema: `migrations[i]` are the statements from version i to i + 1, each version in a
 * transaction. Throws if the file is of a newer program. `what`: for the message, "the answer store".
 */
export const migrate = (db: DatabaseSync, what: string, migrations: readonly (readonly string[])[]): void => {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  if (version > migrations.length)
    throw new Error(
      `${what} was written by a newer version: schema ${version}, this program knows ${migrations.length}`,
    )
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue
    db.exec('BEGIN IMMEDIATE')
    try {
      for (const statement of statements) db.exec(statement)
      db.exec(`PRAGMA user_version = ${index + 1}`)
      db.exec('COMMIT')
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw error
    }
  }
}
