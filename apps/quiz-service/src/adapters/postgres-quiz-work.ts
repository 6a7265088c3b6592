/** The statements of one transaction on one quiz. */
import type { OutboxRecord } from '../domain/events.ts'
import type { CurrentQuestion, Quiz } from '../domain/quiz.ts'
import { keyOf } from '../domain/regrade.ts'
import type { QuizWork } from '../ports/quiz-store.ts'
import type { Client } from './postgres-pool.ts'
import {
  type PlayerRow,
  type QuestionRow,
  type QuizRow,
  type RegradeRow,
  SELECT_QUIZ,
  toPlayer,
  toQuiz,
  toQuizQuestion,
  toRegrade,
} from './postgres-rows.ts'

/** Locks the quiz until the transaction ends. Undefined: no such quiz. */
export const lockQuiz = async (client: Client, quizId: string): Promise<Quiz | undefined> => {
  // First the lock, then the rows: a statement that waits for a lock has read the joined rows before.
  const locked = await client.query('select 1 from quizzes where quiz_id = $1 for update', [quizId])
  if (locked.rows.length === 0) return undefined
  const { rows } = await client.query<QuizRow>(`${SELECT_QUIZ} where q.quiz_id = $1`, [quizId])
  return rows[0] && toQuiz(rows[0])
}

export const addToOutbox = async (client: Client, records: readonly OutboxRecord[]): Promise<void> => {
  if (records.length === 0) return
  await client.query(
    `insert into outbox (topic, key, quiz_id, value, stored_at)
     select topic, key, quiz_id, value, now()
     from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as r (topic, key, quiz_id, value, n)
     order by n`,
    [
      records.map(({ topic }) => topic),
      records.map(({ key }) => key),
      records.map(({ quizId }) => quizId),
      records.map(({ value }) => value),
    ],
  )
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))

const saveQuestion = (client: Client, quizId: string, { position, state, openedAt, deadline }: CurrentQuestion) =>
  client.query(
    'update quiz_questions set state = $3, opened_at = $4, deadline = $5 where quiz_id = $1 and position = $2',
    [quizId, position, state, dateOf(openedAt), dateOf(deadline)],
  )

export const createQuizWork = (client: Client, quiz: Quiz): QuizWork => {
  const { quizId } = quiz
  return {
    quiz,
    async save({ state, revision, current, closedAt }) {
      await client.query(
        'update quizzes set state = $2, revision = $3, position = $4, closed_at = $5 where quiz_id = $1',
        [quizId, state, revision, current?.position ?? null, dateOf(closedAt)],
      )
      if (quiz.current && quiz.current.position !== current?.position)
        await saveQuestion(client, quizId, { ...quiz.current, state: 'closed' })
      if (current) await saveQuestion(client, quizId, current)
    },
    async joined(joinIds) {
      const { rows } = await client.query<PlayerRow>(
        'select quiz_id, user_id, name, join_id, joined_at from players where quiz_id = $1 and join_id = any($2)',
        [quizId, joinIds],
      )
      return rows.map(toPlayer)
    },
    async taken(names) {
      const { rows } = await client.query<{ name: string }>(
        'select name from players where quiz_id = $1 and name = any($2)',
        [quizId, names],
      )
      return new Set(rows.map(({ name }) => name))
    },
    async add(players) {
      await client.query(
        `insert into players (quiz_id, user_id, name, join_id, joined_at)
         select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[])`,
        [
          quizId,
          players.map(({ userId }) => userId),
          players.map(({ name }) => name),
          players.map(({ joinId }) => joinId),
          players.map(({ joinedAt }) => new Date(joinedAt)),
        ],
      )
      await client.query('update quizzes set players = players + $2 where quiz_id = $1', [quizId, players.length])
    },
    publish: (records) => addToOutbox(client, records),
    async question(questionId) {
      const { rows } = await client.query<QuestionRow>(
        'select position, question, opened_at, deadline from quiz_questions where quiz_id = $1 and question_id = $2',
        [quizId, questionId],
      )
      return rows[0] && toQuizQuestion(rows[0])
    },
    async regrade(question, before, madeAt) {
      const { question_id } = question
      const { answer, accept } = keyOf(question)
      await client.query('update quiz_questions set question = $3 where quiz_id = $1 and question_id = $2', [
        quizId,
        question_id,
        JSON.stringify(question),
      ])
      const { rows } = await client.query<RegradeRow>(
        `insert into regrades (quiz_id, revision, question_id, answer, accept, was, made_at)
         select $1, coalesce(max(revision), 0) + 1, $2, $3, $4, $5, $6 from regrades where quiz_id = $1 returning *`,
        [quizId, question_id, answer, JSON.stringify(accept), JSON.stringify(keyOf(before)), new Date(madeAt)],
      )
      const [row] = rows
      if (!row) throw new Error('PostgreSQL gave no row of a regrade')
      return toRegrade(row)
    },
  }
}
