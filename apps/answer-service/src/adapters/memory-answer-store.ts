/** An answer store in memory: for fast tests and the simulator. Nothing of it survives the process. */
import type { AnswerResult } from '@quizboard/shared/contracts/rest.ts'
import type { Correction } from '../domain/correction.ts'
import { newPlayer, type PlayerRecord, type PlayerState, type StoredAnswer } from '../domain/player.ts'
import {
  type AnswerStore,
  Fenced,
  type ListOptions,
  type LoadKey,
  type OutboxRow,
  type PlayerChange,
  type Replica,
} from '../ports/answer-store.ts'

interface Player {
  record: PlayerRecord
  answers: Map<string, StoredAnswer>
  results: Map<string, AnswerResult>
}

/** As UTF-8 sorts, and so SQLite and MongoDB. */
const compareText = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)))

const sorted = <T>(list: Iterable<T>, key: (item: T) => string): T[] =>
  [...list].sort((a, b) => compareText(key(a), key(b)))

const rowKey = ({ quiz_id, user_id, revision }: { quiz_id: string; user_id: string; revision: number }): string =>
  JSON.stringify([quiz_id, user_id, revision])

const pick = <V>(map: ReadonlyMap<string, V>, keys: readonly string[]): Map<string, V> => {
  const picked = new Map<string, V>()
  for (const key of keys) {
    const value = map.get(key)
    if (value !== undefined) picked.set(key, value)
  }
  return picked
}

const wanted = (doc: StoredAnswer, { after, question_id }: ListOptions): boolean => {
  if (question_id !== undefined && doc.question_id !== question_id) return false
  if (!after) return true
  const users = compareText(doc.user_id, after.user_id)
  return users > 0 || (users === 0 && compareText(doc.question_id, after.question_id) > 0)
}

export const createMemoryAnswerStore = (): AnswerStore => {
  const quizzes = new Map<string, Map<string, Player>>()
  /** In the order of the commits. */
  const rows = new Map<string, OutboxRow & { replica: string }>()
  const replicas = new Map<string, Replica>()
  const corrected = new Map<string, Map<string, Correction>>()

  const stateOf = ({ quiz_id, user_id, question_ids, answer_ids }: LoadKey): PlayerState => {
    const player = quizzes.get(quiz_id)?.get(user_id)
    if (!player) return { record: newPlayer(quiz_id, user_id), answers: new Map(), results: new Map() }
    return {
      record: player.record,
      answers: question_ids === 'all' ? new Map(player.answers) : pick(player.answers, question_ids),
      results: pick(player.results, answer_ids),
    }
  }

  const apply = ({ record, expected_version, answers, results, events, at }: PlayerChange, replica: string) => {
    const players = quizzes.get(record.quiz_id) ?? new Map<string, Player>()
    const known = players.get(record.user_id)
    if ((known?.record.version ?? 0) !== expected_version) return 'conflict'
    quizzes.set(record.quiz_id, players)
    const player = known ?? { record, answers: new Map(), results: new Map() }
    players.set(record.user_id, player)
    player.record = record
    for (const doc of answers) player.answers.set(doc.question_id, doc)
    for (const { answer_id, result } of results) player.results.set(answer_id, result)
    for (const event of events) rows.set(rowKey(event), { event, at, replica })
    return 'ok'
  }

  const documents = (quiz_id: string, user_id?: string): StoredAnswer[] => {
    const players = quizzes.get(quiz_id)
    if (!players) return []
    const ids = user_id === undefined ? sorted(players.keys(), (id) => id) : [user_id]
    return ids.flatMap((id) => sorted(players.get(id)?.answers.values() ?? [], (doc) => doc.question_id))
  }

  return {
    load: async (keys) => keys.map(stateOf),
    async commit(changes, as) {
      if (as !== undefined && !replicas.has(as)) throw new Fenced()
      return changes.map((change) => apply(change, as ?? ''))
    },
    held: async (quiz_id, question_id, after_user_id, limit) =>
      documents(quiz_id)
        .filter((doc) => doc.held && doc.question_id === question_id && compareText(doc.user_id, after_user_id) > 0)
        .slice(0, limit),
    async heldQuestions(quiz_id) {
      const found = new Map<string, { quiz_id: string; question_id: string }>()
      for (const id of quiz_id === undefined ? quizzes.keys() : [quiz_id])
        for (const { question_id, held } of documents(id))
          if (held) found.set(JSON.stringify([id, question_id]), { quiz_id: id, question_id })
      return [...found.values()]
    },
    list: async (quiz_id, options) =>
      documents(quiz_id, options.user_id)
        .filter((doc) => wanted(doc, options))
        .slice(0, options.limit),
    answeredIds: async (quiz_id, user_id) => documents(quiz_id, user_id).map((doc) => doc.question_id),
    outbox: async (limit, except = []) =>
      [...rows.values()]
        .filter(({ replica }) => !except.includes(replica))
        .slice(0, limit)
        .map(({ event, at }) => ({ event, at })),
    async deleteOutbox(keys) {
      for (const key of keys) rows.delete(rowKey(key))
    },
    async stats() {
      const [oldest] = rows.values()
      const held = [...quizzes.keys()].flatMap((id) => documents(id)).filter((doc) => doc.held).length
      return { outbox: rows.size, oldest_at: oldest?.at, held }
    },
    async correct(correction) {
      const ofQuiz = corrected.get(correction.quiz_id) ?? new Map<string, Correction>()
      corrected.set(correction.quiz_id, ofQuiz)
      const known = ofQuiz.get(correction.question_id)
      if (!known || known.revision < correction.revision) ofQuiz.set(correction.question_id, correction)
    },
    corrections: async (quiz_id) => sorted(corrected.get(quiz_id)?.values() ?? [], ({ question_id }) => question_id),
    async register(id, address) {
      replicas.set(id, { id, address, beat: 0 })
    },
    async beat(id) {
      const replica = replicas.get(id)
      if (replica) replica.beat++
      return replica !== undefined
    },
    replicas: async () => [...replicas.values()].map((replica) => ({ ...replica })),
    async fence(id) {
      replicas.delete(id)
    },
    close: async () => {},
  }
}
