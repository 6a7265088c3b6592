/** The embedded answer store as synchronous operations on one database; each runs in a transaction of the worker's. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import { migrate } from '@quizboard/shared/adapters/sqlite-worker/migrate.ts'
import type { SqliteProgram } from '@quizboard/shared/adapters/sqlite-worker/program.ts'
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { Correction } from '../../domain/correction.ts'
import {
  newPlayer,
  type PlayerRecord,
  type PlayerState,
  type Regraded,
  type StoredAnswer,
} from '../../domain/player.ts'
import type {
  CommitOutcome,
  ListOptions,
  LoadKey,
  OutboxKey,
  OutboxRow,
  PlayerChange,
  Replica,
  StoreStats,
} from '../../ports/answer-store.ts'
import { MIGRATIONS } from './schema.ts'

type Row = Record<string, SQLOutputValue>

const recordOf = (row: Row): PlayerRecord => ({
  quiz_id: row.quiz_id as string,
  user_id: row.user_id as string,
  version: row.version as number,
  seq: row.seq as number,
  revision: row.revision as number,
  total: row.total as number,
  counted_seq: row.counted_seq as number,
  reached_at: row.reached_at as string | null,
})

const answerOf = (row: Row): StoredAnswer => ({
  user_id: row.user_id as string,
  quiz_id: row.quiz_id as string,
  question_id: row.question_id as string,
  answer: row.answer as string,
  is_correct: row.is_correct === 1,
  score: row.score as number,
  update_ts: row.update_ts as string,
  seq: row.seq as number,
  elapsed_ms: row.elapsed_ms as number,
  ...(row.streak === null ? {} : { streak: row.streak as number }),
  held: row.held === 1,
  ...(row.regraded === null ? {} : { regraded: JSON.parse(row.regraded as string) as Regraded }),
})

const ANSWER_COLUMNS =
  'quiz_id, user_id, question_id, answer, is_correct, score, update_ts, seq, elapsed_ms, streak, held, regraded'

export interface AnswerOperations {
  load(keys: readonly LoadKey[]): PlayerState[]
  commit(changes: readonly PlayerChange[], as: string | undefined): CommitOutcome[] | 'fenced'
  held(quizId: string, questionId: string, afterUserId: string, limit: number): StoredAnswer[]
  heldQuestions(quizId: string | undefined): { quiz_id: string; question_id: string }[]
  list(quizId: string, options: ListOptions): StoredAnswer[]
  answeredIds(quizId: string, userId: string): string[]
  outbox(limit: number, except: readonly string[] | undefined): OutboxRow[]
  deleteOutbox(keys: readonly OutboxKey[]): void
  stats(): StoreStats
  correct(correction: Correction): void
  corrections(quizId: string): Correction[]
  register(id: string, address: string): void
  beat(id: string): boolean
  replicas(): Replica[]
  fence(id: string): void
}

export const openProgram = (db: DatabaseSync): SqliteProgram<AnswerOperations> => {
  migrate(db, 'the answer store', MIGRATIONS)
  return {
    operations: {
      ...playerOperations(db),
      ...documentOperations(db),
      ...outboxOperations(db),
      ...correctionOperations(db),
      ...replicaOperations(db),
    },
    // An outbox row that comes back is sent twice, which changes nothing.
    relaxed: [
      'load',
      'held',
      'heldQuestions',
      'list',
      'answeredIds',
      'outbox',
      'deleteOutbox',
      'stats',
      'corrections',
      'beat',
      'replicas',
    ],
  }
}

const playerOperations = (db: DatabaseSync): Pick<AnswerOperations, 'load' | 'commit'> => {
  const getPlayer = db.prepare('SELECT * FROM players WHERE quiz_id = ? AND user_id = ?')
  const getAnswer = db.prepare(
    `SELECT ${ANSWER_COLUMNS} FROM answers WHERE quiz_id = ? AND user_id = ? AND question_id = ?`,
  )
  const getAnswers = db.prepare(`SELECT ${ANSWER_COLUMNS} FROM answers WHERE quiz_id = ? AND user_id = ?`)
  const getResult = db.prepare('SELECT result FROM results WHERE quiz_id = ? AND user_id = ? AND answer_id = ?')
  const addPlayer = db.prepare('INSERT INTO players VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const setPlayer = db.prepare(
    `UPDATE players SET version = ?, seq = ?, revision = ?, total = ?, counted_seq = ?, reached_at = ?
      WHERE quiz_id = ? AND user_id = ? AND version = ?`,
  )
  const putAnswer = db.prepare(
    `INSERT OR REPLACE INTO answers (${ANSWER_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const addResult = db.prepare('INSERT INTO results VALUES (?, ?, ?, ?)')
  const addRow = db.prepare(
    'INSERT INTO outbox (quiz_id, user_id, revision, at, event, replica) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const isRegistered = db.prepare('SELECT 1 FROM replicas WHERE id = ?')

  const stateOf = ({ quiz_id, user_id, question_ids, answer_ids }: LoadKey): PlayerState => {
    const player = getPlayer.get(quiz_id, user_id)
    if (!player) return { record: newPlayer(quiz_id, user_id), answers: new Map(), results: new Map() }
    const rows: Row[] =
      question_ids === 'all'
        ? getAnswers.all(quiz_id, user_id)
        : question_ids.map((id) => getAnswer.get(quiz_id, user_id, id)).filter((row) => row !== undefined)
    const results = new Map<string, AnswerResult>()
    for (const id of answer_ids) {
      const row = getResult.get(quiz_id, user_id, id)
      if (row) results.set(id, JSON.parse(row.result as string))
    }
    return {
      record: recordOf(player),
      answers: new Map(rows.map((row) => [row.question_id as string, answerOf(row)])),
      results,
    }
  }

  /** Whether the version fitted. */
  const putPlayer = ({ record: r, expected_version }: PlayerChange): boolean => {
    const { changes } =
      expected_version === 0
        ? addPlayer.run(r.quiz_id, r.user_id, r.version, r.seq, r.revision, r.total, r.counted_seq, r.reached_at)
        : setPlayer.run(
            r.version,
            r.seq,
            r.revision,
            r.total,
            r.counted_seq,
            r.reached_at,
            r.quiz_id,
            r.user_id,
            expected_version,
          )
    return changes === 1
  }

  const apply = (change: PlayerChange, as: string): CommitOutcome => {
    if (!putPlayer(change)) return 'conflict'
    const { quiz_id, user_id } = change.record
    for (const a of change.answers)
      putAnswer.run(
        quiz_id,
        user_id,
        a.question_id,
        a.answer,
        a.is_correct ? 1 : 0,
        a.score,
        a.update_ts,
        a.seq,
        a.elapsed_ms,
        a.streak ?? null,
        a.held ? 1 : 0,
        a.regraded ? JSON.stringify(a.regraded) : null,
      )
    for (const { answer_id, result } of change.results)
      addResult.run(quiz_id, user_id, answer_id, JSON.stringify(result))
    for (const event of change.events)
      addRow.run(quiz_id, user_id, event.revision, change.at, JSON.stringify(event), as)
    return 'ok'
  }

  return {
    load: (keys) => keys.map(stateOf),
    commit(changes, as) {
      if (as !== undefined && !isRegistered.get(as)) return 'fenced'
      return changes.map((change) => apply(change, as ?? ''))
    },
  }
}

const documentOperations = (
  db: DatabaseSync,
): Pick<AnswerOperations, 'held' | 'heldQuestions' | 'list' | 'answeredIds'> => {
  const getHeld = db.prepare(
    `SELECT ${ANSWER_COLUMNS} FROM answers
      WHERE quiz_id = ? AND question_id = ? AND held = 1 AND user_id > ? ORDER BY user_id LIMIT ?`,
  )
  const heldOfAll = db.prepare('SELECT DISTINCT quiz_id, question_id FROM answers WHERE held = 1')
  const heldOfQuiz = db.prepare('SELECT DISTINCT quiz_id, question_id FROM answers WHERE held = 1 AND quiz_id = ?')
  const getIds = db.prepare('SELECT question_id FROM answers WHERE quiz_id = ? AND user_id = ? ORDER BY question_id')
  const lists = new Map<string, StatementSync>()
  const listBy = (conditions: string): StatementSync => {
    let statement = lists.get(conditions)
    if (!statement) {
      statement = db.prepare(
        `SELECT ${ANSWER_COLUMNS} FROM answers WHERE ${conditions} ORDER BY user_id, question_id LIMIT ?`,
      )
      lists.set(conditions, statement)
    }
    return statement
  }
  return {
    held: (quizId, questionId, afterUserId, limit) => getHeld.all(quizId, questionId, afterUserId, limit).map(answerOf),
    heldQuestions: (quizId) =>
      (quizId === undefined ? heldOfAll.all() : heldOfQuiz.all(quizId)).map((row) => ({
        quiz_id: row.quiz_id as string,
        question_id: row.question_id as string,
      })),
    list(quizId, { after, limit, user_id, question_id }) {
      const conditions = ['quiz_id = ?']
      const values: (string | number)[] = [quizId]
      if (user_id !== undefined) {
        conditions.push('user_id = ?')
        values.push(user_id)
      }
      if (question_id !== undefined) {
        conditions.push('question_id = ?')
        values.push(question_id)
      }
      if (after) {
        conditions.push('(user_id, question_id) > (?, ?)')
        values.push(after.user_id, after.question_id)
      }
      return listBy(conditions.join(' AND '))
        .all(...values, limit)
        .map(answerOf)
    },
    answeredIds: (quizId, userId) => getIds.all(quizId, userId).map((row) => row.question_id as string),
  }
}

const outboxOperations = (db: DatabaseSync): Pick<AnswerOperations, 'outbox' | 'deleteOutbox' | 'stats'> => {
  const getRows = db.prepare(
    'SELECT event, at FROM outbox WHERE replica NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?',
  )
  const deleteRow = db.prepare('DELETE FROM outbox WHERE quiz_id = ? AND user_id = ? AND revision = ?')
  const count = db.prepare(
    `SELECT (SELECT COUNT(*) FROM outbox) AS outbox, (SELECT at FROM outbox ORDER BY id LIMIT 1) AS oldest,
      (SELECT COUNT(*) FROM answers WHERE held = 1) AS held`,
  )
  return {
    outbox: (limit, except = []) =>
      getRows
        .all(JSON.stringify(except), limit)
        .map((row) => ({ event: JSON.parse(row.event as string) as ScoreEvent, at: row.at as number })),
    deleteOutbox(keys) {
      for (const { quiz_id, user_id, revision } of keys) deleteRow.run(quiz_id, user_id, revision)
    },
    stats() {
      const row = count.get()
      const oldest = row?.oldest
      return {
        outbox: Number(row?.outbox ?? 0),
        oldest_at: typeof oldest === 'number' ? oldest : undefined,
        held: Number(row?.held ?? 0),
      }
    },
  }
}

const correctionOperations = (db: DatabaseSync): Pick<AnswerOperations, 'correct' | 'corrections'> => {
  const put = db.prepare(
    `INSERT INTO corrections VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
      SET revision = excluded.revision, answer = excluded.answer, accept = excluded.accept
      WHERE excluded.revision > corrections.revision`,
  )
  const all = db.prepare('SELECT * FROM corrections WHERE quiz_id = ? ORDER BY question_id')
  return {
    correct: ({ quiz_id, question_id, revision, answer, accept }) =>
      void put.run(quiz_id, question_id, revision, answer, JSON.stringify(accept)),
    corrections: (quizId) =>
      all.all(quizId).map((row) => ({
        quiz_id: row.quiz_id as string,
        question_id: row.question_id as string,
        revision: row.revision as number,
        answer: row.answer as string,
        accept: JSON.parse(row.accept as string) as string[],
      })),
  }
}

const replicaOperations = (db: DatabaseSync): Pick<AnswerOperations, 'register' | 'beat' | 'replicas' | 'fence'> => {
  const add = db.prepare('INSERT INTO replicas VALUES (?, ?, 0)')
  const beat = db.prepare('UPDATE replicas SET beat = beat + 1 WHERE id = ?')
  const all = db.prepare('SELECT id, address, beat FROM replicas')
  const remove = db.prepare('DELETE FROM replicas WHERE id = ?')
  return {
    register: (id, address) => void add.run(id, address),
    beat: (id) => beat.run(id).changes === 1,
    replicas: () =>
      all.all().map((row) => ({ id: row.id as string, address: row.address as string, beat: row.beat as number })),
    fence: (id) => void remove.run(id),
  }
}
