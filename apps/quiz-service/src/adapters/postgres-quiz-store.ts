/** The quiz store on PostgreSQL. */
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import type { OutboxRecord } from '../domain/events.ts'
import type { Quiz } from '../domain/quiz.ts'
import { LOGIN_CODES_MAX, type QuizStore, type UnfinishedQuestion } from '../ports/quiz-store.ts'
import { outboxSize, sendOutbox } from './postgres-outbox.ts'
import { type Client, type Pool, query, transaction } from './postgres-pool.ts'
import { addToOutbox, createQuizWork, lockQuiz } from './postgres-quiz-work.ts'
import { createRegradePart } from './postgres-regrades.ts'
import {
  type DeckRow,
  type PlayerRow,
  type QuestionRow,
  type QuizRow,
  SELECT_QUIZ,
  toDeck,
  toPlayer,
  toQuiz,
  toQuizQuestion,
} from './postgres-rows.ts'

type DeckPart = Pick<QuizStore, 'addDeck' | 'deck' | 'changeDeck' | 'removeDeck' | 'decks'>

/** `next` of a page, whose query asked for one row more than the page takes. */
const nextAfter = (rows: readonly { ordinal: string }[], limit: number): number | null =>
  rows.length > limit ? Number(rows[limit - 1]?.ordinal) : null

const SELECT_DECK = 'select deck_id, title, questions, created_at, updated_at from decks where deck_id = $1'

const createDeckPart = (pool: Pool): DeckPart => ({
  async addDeck(deck) {
    await query(
      pool,
      `insert into decks (deck_id, title, questions, question_count, created_at, updated_at) values ($1, $2, $3, $4, $5, $6)`,
      [
        deck.deck_id,
        deck.title,
        JSON.stringify(deck.questions),
        deck.questions.length,
        deck.created_at,
        deck.updated_at,
      ],
    )
  },
  async deck(deckId) {
    const [row] = await query<DeckRow>(pool, SELECT_DECK, [deckId])
    return row && toDeck(row)
  },
  changeDeck: (deckId, change) =>
    transaction(pool, async (client) => {
      const { rows } = await client.query<DeckRow>(`${SELECT_DECK} for update`, [deckId])
      if (!rows[0]) return undefined
      const deck = change(toDeck(rows[0]))
      await client.query(
        'update decks set title = $2, questions = $3, question_count = $4, updated_at = $5 where deck_id = $1',
        [deckId, deck.title, JSON.stringify(deck.questions), deck.questions.length, deck.updated_at],
      )
      return deck
    }),
  async removeDeck(deckId) {
    const removed = await query(pool, 'delete from decks where deck_id = $1 returning deck_id', [deckId])
    return removed.length > 0
  },
  async decks({ limit, after }) {
    const rows = await query<{
      ordinal: string
      deck_id: string
      title: string
      question_count: number
      updated_at: Date
    }>(
      pool,
      `select ordinal, deck_id, title, question_count, updated_at from decks
       where $2::bigint is null or ordinal < $2 order by ordinal desc limit $1 + 1`,
      [limit, after ?? null],
    )
    return {
      decks: rows.slice(0, limit).map(({ deck_id, title, question_count, updated_at }) => ({
        deck_id,
        title,
        question_count,
        updated_at: updated_at.toISOString(),
      })),
      next: nextAfter(rows, limit),
    }
  },
})

/** False: the quiz_id is taken. */
const insertQuiz = async (client: Client, quiz: Quiz): Promise<boolean> => {
  const { rows } = await client.query(
    `insert into quizzes (quiz_id, deck_id, title, mode, scoring, feedback, reanswer, question_count, state, revision, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (quiz_id) do nothing returning quiz_id`,
    [
      quiz.quizId,
      quiz.deckId,
      quiz.title,
      quiz.mode,
      quiz.scoring,
      quiz.feedback,
      quiz.reanswer,
      quiz.questionCount,
      quiz.state,
      quiz.revision,
      new Date(quiz.createdAt),
    ],
  )
  return rows.length > 0
}

const addQuiz = (pool: Pool, quiz: Quiz, questions: readonly Question[], records: readonly OutboxRecord[]) =>
  transaction(pool, async (client) => {
    if (!(await insertQuiz(client, quiz))) return false
    await client.query(
      `insert into quiz_questions (quiz_id, position, question_id, question)
       select $1, position, question_id, question
       from unnest($2::text[], $3::json[]) with ordinality as q (question_id, question, position)`,
      [quiz.quizId, questions.map(({ question_id }) => question_id), questions.map((q) => JSON.stringify(q))],
    )
    await addToOutbox(client, records)
    return true
  })

/** `pool` stays the caller's to end. The schema must be up to date: see `migrate`. */
export const createPostgresQuizStore = (pool: Pool): QuizStore => ({
  ...createDeckPart(pool),
  ...createRegradePart(pool),
  addQuiz: (quiz, questions, records) => addQuiz(pool, quiz, questions, records),
  async quiz(quizId) {
    const [row] = await query<QuizRow>(pool, `${SELECT_QUIZ} where q.quiz_id = $1`, [quizId])
    return row && toQuiz(row)
  },
  async questions(quizId) {
    const rows = await query<QuestionRow>(
      pool,
      'select position, question, opened_at, deadline from quiz_questions where quiz_id = $1 order by position',
      [quizId],
    )
    return rows.map(toQuizQuestion)
  },
  async quizzes({ limit, after }) {
    const rows = await query<QuizRow & { ordinal: string }>(
      pool,
      `${SELECT_QUIZ.replace('select', 'select q.ordinal,')}
       where $2::bigint is null or q.ordinal < $2 order by q.ordinal desc limit $1 + 1`,
      [limit, after ?? null],
    )
    return { quizzes: rows.slice(0, limit).map(toQuiz), next: nextAfter(rows, limit) }
  },
  async revisions() {
    const rows = await query<{ quiz_id: string; revision: number }>(pool, 'select quiz_id, revision from quizzes')
    return rows.map(({ quiz_id, revision }) => ({ quizId: quiz_id, revision }))
  },
  async player(quizId, joinId) {
    const [row] = await query<PlayerRow>(
      pool,
      'select quiz_id, user_id, name, join_id, joined_at from players where quiz_id = $1 and join_id = $2',
      [quizId, joinId],
    )
    return row && toPlayer(row)
  },
  withQuiz: (quizId, work) =>
    transaction(pool, async (client) => {
      const quiz = await lockQuiz(client, quizId)
      return quiz && work(createQuizWork(client, quiz))
    }),
  async unfinished(until, limit) {
    const rows = await query<{
      quiz_id: string
      position: number
      state: UnfinishedQuestion['state']
      deadline: Date | null
    }>(
      pool,
      `select quiz_id, position, state, deadline from quiz_questions
       where state in ('open', 'closing') and (state = 'closing' or deadline <= $1) order by deadline nulls first limit $2`,
      [new Date(until), limit],
    )
    return rows.map(({ quiz_id, position, state, deadline }) => ({
      quizId: quiz_id,
      position,
      state,
      deadline: deadline?.getTime() ?? null,
    }))
  },
  async addLoginCode(digest, expiresAt) {
    await query(pool, 'insert into login_codes (digest, expires_at) values ($1, $2)', [digest, new Date(expiresAt)])
    await query(
      pool,
      `delete from login_codes where digest in
       (select digest from login_codes order by expires_at desc, digest offset ${LOGIN_CODES_MAX})`,
    )
  },
  async takeLoginCode(digest, now) {
    const taken = await query<{ expires_at: Date }>(
      pool,
      'delete from login_codes where digest = $1 returning expires_at',
      [digest],
    )
    return taken.some(({ expires_at }) => now < expires_at.getTime())
  },
  sendOutbox: (send) => sendOutbox(pool, send),
  outboxSize: () => outboxSize(pool),
})
