/** The report of a closed quiz: every question's share of right answers, and the tables to take away. */
import type { AnswerDoc, OpenQuestion, Standing } from '@quizboard/shared/contracts/rest.ts'
import type { HostApi } from '../api/host.ts'
import { type Cell, csvLine } from '../lib/csv.ts'
import { displayName } from '../lib/text.ts'
import { createTally, eachAnswer, type Tally } from './tally.ts'

export interface QuestionReport {
  question: OpenQuestion
  key: string | undefined
  tally: Tally
}

const keyOf = (docs: readonly AnswerDoc[]) => docs.find((doc) => doc.key !== undefined)?.key

/** Goes through all answers once; `onProgress` gets how many were read. */
export const loadReport = async (
  api: HostApi,
  quizId: string,
  onProgress: (read: number) => void,
): Promise<readonly QuestionReport[]> => {
  const { questions } = await api.questions(quizId)
  const rows = new Map(
    questions.map((question) => [
      question.question_id,
      { question, tally: createTally(), key: undefined as string | undefined },
    ]),
  )
  let read = 0
  for await (const page of eachAnswer(api, quizId)) {
    for (const doc of page) {
      const row = rows.get(doc.question_id)
      row?.tally.add(doc, !row.question.options)
      if (row) row.key ??= doc.key
    }
    read += page.length
    onProgress(read)
  }
  return [...rows.values()].map(({ question, key, tally }) => ({ question, key, tally: tally.result() }))
}

const PAGE = 1000

const loadStandings = async (api: HostApi, quizId: string): Promise<Standing[]> => {
  const all: Standing[] = []
  for (;;) {
    const page = await api.leaderboard(quizId, PAGE, all.length)
    all.push(...page.standings)
    if (page.standings.length < PAGE) return all
  }
}

/** A row a player: rank, name, points, right answers, and the points of each question. */
export const resultsCsv = async (api: HostApi, quizId: string): Promise<string[]> => {
  const [{ questions }, standings] = await Promise.all([api.questions(quizId), loadStandings(api, quizId)])
  const points = new Map<string, Map<string, AnswerDoc>>()
  for await (const page of eachAnswer(api, quizId))
    for (const doc of page) {
      const own = points.get(doc.user_id) ?? new Map<string, AnswerDoc>()
      points.set(doc.user_id, own.set(doc.question_id, doc))
    }
  const head: Cell[] = [
    'rank',
    'name',
    'points',
    'right',
    'answered',
    'user_id',
    ...questions.map((question) => `Q${question.position} points`),
  ]
  const rows = standings.map((row) => {
    const own = points.get(row.user_id)
    const docs = own ? [...own.values()] : []
    const right = docs.filter((doc) => doc.is_correct).length
    const each = questions.map((question) => own?.get(question.question_id)?.score)
    return csvLine([row.rank, displayName(row), row.score, right, docs.length, row.user_id, ...each])
  })
  return [csvLine(head), ...rows]
}

/** A row an answer, in the order of the deck. */
export const answersCsv = async (api: HostApi, quizId: string): Promise<string[]> => {
  const [{ questions }, standings] = await Promise.all([api.questions(quizId), loadStandings(api, quizId)])
  const names = new Map(standings.map((row) => [row.user_id, displayName(row)]))
  const parts = [
    csvLine(['question', 'prompt', 'key', 'name', 'answer', 'right', 'points', 'seconds', 'answered_at', 'user_id']),
  ]
  for (const { question_id, position, prompt } of questions)
    for await (const page of eachAnswer(api, quizId, question_id)) {
      const key = keyOf(page)
      for (const doc of page) {
        const seconds = doc.elapsed_ms === undefined ? undefined : doc.elapsed_ms / 1000
        const isRight = doc.is_correct === undefined ? undefined : doc.is_correct ? 'yes' : 'no'
        parts.push(
          csvLine([
            position,
            prompt,
            key,
            names.get(doc.user_id),
            doc.answer,
            isRight,
            doc.score,
            seconds,
            doc.update_ts,
            doc.user_id,
          ]),
        )
      }
    }
  return parts
}
