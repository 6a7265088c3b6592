/** The answer documents, as each reader may see them at this moment. */
import type { AnswerDoc } from '@quizboard/shared/contracts/rest.ts'
import { hostDocument, playerDocument } from '../domain/documents.ts'
import type { StoredAnswer } from '../domain/player.ts'
import { type QuizView, questionStatus } from '../domain/quiz.ts'
import type { AnswerStore, DocumentPlace } from '../ports/answer-store.ts'
import type { QuizCache } from './quiz-cache.ts'
import type { Stops } from './stops.ts'

export interface HostPage {
  limit: number
  after?: DocumentPlace
  user_id?: string
  question_id?: string
}
export interface ReadAnswers {
  /** All of one player's. */
  ofPlayer(quizId: string, userId: string): Promise<AnswerDoc[]>
  /** `next`: where to go on; undefined: there is no more. */
  forHost(quizId: string, page: HostPage): Promise<{ answers: AnswerDoc[]; next: DocumentPlace | undefined }>
}

/** A quiz has no more questions. */
const PLAYER_MAX = 10_000

export const createReadAnswers = ({
  store,
  cache,
  stops,
}: {
  store: AnswerStore
  cache: QuizCache
  stops: Stops
}): ReadAnswers => {
  /**
   * After the 2xx of a close the key is to be seen here. The close has told us to stop before, so if one is under way its end is
   * waited for, as long as requests wait for anything.
   */
  const closesAreDone = (quizId: string) =>
    cache.until(quizId, () => {
      const quiz = cache.find(quizId)
      return quiz?.question?.state === 'closing' || stops.underWay(quizId) ? undefined : true
    })

  /** The documents by `show`, each with its key if it may be shown now. */
  const shown = async (
    quizId: string,
    docs: readonly StoredAnswer[],
    show: (doc: StoredAnswer, quiz: QuizView, key: string | undefined) => AnswerDoc,
  ): Promise<AnswerDoc[]> => {
    const definition = docs.length === 0 ? undefined : await cache.loadDefinition(quizId)
    const quiz = cache.find(quizId)
    if (!quiz) return []
    return docs.map((doc) => {
      const question = definition?.byId.get(doc.question_id)
      const isClosed = question !== undefined && questionStatus(quiz, question.position) === 'closed'
      return show(doc, quiz, isClosed ? question.key : undefined)
    })
  }

  return {
    async ofPlayer(quizId, userId) {
      await closesAreDone(quizId)
      const docs = await store.list(quizId, { user_id: userId, limit: PLAYER_MAX })
      return shown(quizId, docs, (doc, { rules }, key) => playerDocument(doc, rules.feedback, key))
    },
    async forHost(quizId, { limit, ...place }) {
      await closesAreDone(quizId)
      const found = await store.list(quizId, { ...place, limit: limit + 1 })
      const docs = found.slice(0, limit)
      const last = docs.at(-1)
      const answers = await shown(quizId, docs, (doc, _, key) => hostDocument(doc, key))
      const next = found.length > limit && last ? { user_id: last.user_id, question_id: last.question_id } : undefined
      return { answers, next }
    },
  }
}
