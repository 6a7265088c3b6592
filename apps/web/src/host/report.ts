/** The report of a closed quiz: every question's share of right answers, and the tables to take away. */
import type { AnswerDoc, OpenQuestion, Standing } from '@quizboard/shared/contracts/rest.ts'
import type { HostApi, Key } from '../api/host.ts'
import { type Cell, csvLine } from '../lib/csv.ts'
import { displayName } from '../lib/text.ts'
import { createTally, eachAnswer, type Tally } from './tally.ts'

export interface QuestionReport {
  question: OpenQuestion
  key: Key
  tally: Tally
}

interface KeyedQuestion {
  question: OpenQuestion
  key: Key
}

const loadQuestions = async (api: Pick<HostApi, 'questions' | 'keys'>, quizId: string): Promise<KeyedQuestion[]> => {
  const [{ questions }, { keys }] = await Promise.all([api.questions(quizId), api.keys(quizId)])
  const byId = new Map(keys.map((key) => [key.question_id, key]))
  return questions.map((question) => ({
    question,
    key: byId.get(question.question_id) ?? { answer: '', accept: [] },
  }))
}

/** Goes through all answers once; `onProgress` gets how many were read. */
export const loadReport = async (
  api: HostApi,
  quizId: string,
  onProgress: (read: number) => void,
): Promise<readonly QuestionReport[]> => {
  const questions = await loadQuestions(api, quizId)
  const rows = new Map(questions.map((each) => [each.question.question_id, { ...each, tally: createTally() }]))
  let read = 0
  for await (const page of eachAnswer(api, quizId)) {
    for (const doc of page) {
      const row = rows.get(doc.question_id)
      row?.tally.add(doc, !row.question.options)
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

/** A row a player: rank, name, points, right answers, how many of them a corrected key judged again, the points of each question. */
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
    'corrected',
    'user_id',
    ...questions.map((question) => `Q${question.position} points`),
  ]
  const rows = standings.map((row) => {
    const own = points.get(row.user_id)
    const docs = own ? [...own.values()] : []
    const right = docs.filter((doc) => doc.is_correct).length
    const regraded = docs.filter((doc) => doc.regraded).length
    const each = questions.map((question) => own?.get(question.question_id)?.score)
    return csvLine([row.rank, displayName(row), row.score, right, docs.length, regraded, row.user_id, ...each])
  })
  return [csvLine(head), ...rows]
}

/** A row an answer, in the order of the deck. */
export const answersCsv = async (api: HostApi, quizId: string): Promise<string[]> => {
  const [questions, standings] = await Promise.all([loadQuestions(api, quizId), loadStandings(api, quizId)])
  const names = new Map(standings.map((row) => [row.user_id, displayName(row)]))
  const parts = [csvLine(ANSWER_COLUMNS)]
  for (const { question, key } of questions)
    for await (const page of eachAnswer(api, quizId, question.question_id))
      for (const doc of page)
        parts.push(
          csvLine([question.position, question.prompt, key.answer, names.get(doc.user_id), ...answerCells(doc)]),
        )
  return parts
}

/** The last three: of an answer that a corrected key judged again. */
const ANSWER_COLUMNS = [
  ...['question', 'prompt', 'key', 'name', 'answer', 'right', 'points', 'seconds', 'answered_at', 'user_id'],
  ...['corrected_at', 'right_before', 'points_before'],
] as const

const yesNo = (isRight: boolean | undefined): Cell => (isRight === undefined ? undefined : isRight ? 'yes' : 'no')

const answerCells = (doc: AnswerDoc): Cell[] => [
  doc.answer,
  yesNo(doc.is_correct),
  doc.score,
  doc.elapsed_ms === undefined ? undefined : doc.elapsed_ms / 1000,
  doc.update_ts,
  doc.user_id,
  doc.regraded?.at,
  yesNo(doc.regraded?.was.is_correct),
  doc.regraded?.was.score,
]
