/** Tables of the embedded event log, one list of statements for each version of the schema. */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
    // next_offset outlives the records: an offset is never used again.
    `CREATE TABLE partitions (
      slot INTEGER PRIMARY KEY,
      topic TEXT NOT NULL,
      partition INTEGER NOT NULL,
      next_offset INTEGER NOT NULL,
      UNIQUE (topic, partition)
    ) STRICT`,
    // id = slot · 2⁴⁰ + offset: one integer to find a record by, and neighbours in a partition lie side by side.
    `CREATE TABLE records (
      id INTEGER PRIMARY KEY,
      timestamp INTEGER NOT NULL,
      key TEXT,
      value TEXT NOT NULL
    ) STRICT`,
    // Of compacted topics: where the newest record of each key is, and which records have been superseded, since when.
    `CREATE TABLE newest (
      slot INTEGER NOT NULL,
      key TEXT NOT NULL,
      id INTEGER NOT NULL,
      PRIMARY KEY (slot, key)
    ) STRICT, WITHOUT ROWID`,
    'CREATE TABLE superseded (id INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT',
  ],
]

/** Offsets of a partition, and slots: together they stay within the safe integers. */
const OFFSETS = 2 ** 40
export const MAX_SLOTS = 2 ** 13 - 1

export const idOf = (slot: number, offset: number): number => slot * OFFSETS + offset
export const offsetOf = (id: number): number => id % OFFSETS
