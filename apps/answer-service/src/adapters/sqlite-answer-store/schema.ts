/** Tables of the embedded answer store, one list of statements for each version of the schema. */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE players (
      quiz_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      version INTEGER NOT NULL,
      seq INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      total INTEGER NOT NULL,
      counted_seq INTEGER NOT NULL,
      reached_at TEXT,
      PRIMARY KEY (quiz_id, user_id)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE answers (
      quiz_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      question_id TEXT NOT NULL,
      answer TEXT NOT NULL,
      is_correct INTEGER NOT NULL,
      score INTEGER NOT NULL,
      update_ts TEXT NOT NULL,
      seq INTEGER NOT NULL,
      elapsed_ms INTEGER NOT NULL,
      streak INTEGER,
      held INTEGER NOT NULL,
      PRIMARY KEY (quiz_id, user_id, question_id)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX held_answers ON answers (quiz_id, question_id, user_id) WHERE held = 1',
    `CREATE TABLE results (
      quiz_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      answer_id TEXT NOT NULL,
      result TEXT NOT NULL,
      PRIMARY KEY (quiz_id, user_id, answer_id)
    ) STRICT, WITHOUT ROWID`,
    // AUTOINCREMENT: ids are never used again, so their order is that of the commits.
    `CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      quiz_id TEXT NOT NULL,
      user_id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      at INTEGER NOT NULL,
      event TEXT NOT NULL,
      UNIQUE (quiz_id, user_id, revision)
    ) STRICT`,
  ],
  [
    // Who committed a row sends it; what others left is for everyone.
    "ALTER TABLE outbox ADD COLUMN replica TEXT NOT NULL DEFAULT ''",
    `CREATE TABLE replicas (
      id TEXT PRIMARY KEY,
      address TEXT NOT NULL,
      beat INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
  [
    // JSON: of an answer whose verdict a correction changed.
    'ALTER TABLE answers ADD COLUMN regraded TEXT',
    // `accept`: a JSON array.
    `CREATE TABLE corrections (
      quiz_id TEXT NOT NULL,
      question_id TEXT NOT NULL,
      revision INTEGER NOT NULL,
      answer TEXT NOT NULL,
      accept TEXT NOT NULL,
      PRIMARY KEY (quiz_id, question_id)
    ) STRICT, WITHOUT ROWID`,
  ],
]
