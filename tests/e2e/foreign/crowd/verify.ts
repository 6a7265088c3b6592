/** What a crowd was told held against the documents, the board by REST and every view, by an oracle of its own. */
import { call, type Json, type Seeded, sleep } from '../api.ts'
import { pointsOf, ranksOf } from '../oracle.ts'
import { type Ack, type CrowdPlayer, type Endpoints, insistOn } from './player.ts'
import type { CrowdQuiz } from './quiz.ts'
import type { Tally, WrongKind } from './tally.ts'

interface Found {
  kind: WrongKind
  text: string
}
interface Doc {
  user_id: string
  question_id: string
  answer: string
  is_correct: boolean
  score: number
  seq: number
  elapsed_ms: number
}
interface Reader {
  endpoints: Endpoints
  hostToken: string
  random: Seeded
  tally: Tally
}

const LOOK_MS = 500

/** Waits up to `settleMs` until all is as it must be; what is not then is in the tally. Closes the views. */
export const verifyCrowdQuiz = async (quiz: CrowdQuiz, reader: Reader, settleMs: number): Promise<void> => {
  const end = Date.now() + settleMs
  let found: Found[] = []
  for (;;) {
    found = await compare(quiz, reader).catch((error: Error) => [{ kind: 'stuck' as const, text: error.message }])
    if (found.length === 0 || Date.now() > end) break
    await sleep(LOOK_MS)
  }
  for (const { kind, text } of found) reader.tally.wrong(kind, `${quiz.quizId} ${text}`)
  for (const view of [quiz.viewer, ...quiz.players.map((player) => player.view)]) view.close()
}

const compare = async (quiz: CrowdQuiz, reader: Reader): Promise<Found[]> => {
  const documents = await readDocuments(quiz.quizId, reader)
  const found: Found[] = []
  const totals = new Map<string, number>()
  for (const player of quiz.players) {
    const docs = documents.get(player.user_id) ?? []
    found.push(...compareDocuments(player, docs))
    totals.set(player.user_id, totalOf(quiz, player, docs, found))
  }
  const ranks = ranksOf(totals)
  const board = await readBoard(quiz.quizId, reader)
  if (board.length !== totals.size)
    found.push({ kind: 'rank', text: `the board has ${board.length} of ${totals.size} players` })
  for (const { user_id, score, rank } of board)
    if (score !== totals.get(user_id) || rank !== ranks.get(user_id))
      found.push({
        kind: 'rank',
        text: `board: ${user_id} ${score} rank ${rank}, expected ${totals.get(user_id)} rank ${ranks.get(user_id)}`,
      })
  const rows = (list: readonly Json[] = []) => JSON.stringify(list.map((r) => [r.rank, r.user_id, r.score]))
  if (rows(quiz.viewer.board?.top) !== rows(board.slice(0, 100)))
    found.push({ kind: 'rank', text: 'the viewer sees another board than REST gives' })
  for (const { user_id, view } of quiz.players)
    if (view.you?.score !== totals.get(user_id) || view.you?.rank !== ranks.get(user_id))
      found.push({
        kind: 'rank',
        text: `${user_id} sees ${JSON.stringify(view.you)}, expected ${totals.get(user_id)} rank ${ranks.get(user_id)}`,
      })
  return found
}

/** [Q1] [Q8] Every acknowledged answer is there, and no other. */
const compareDocuments = ({ user_id, acks }: CrowdPlayer, docs: readonly Doc[]): Found[] => {
  const found: Found[] = []
  const newest = new Map<string, Ack>()
  const bySeq = acks.toSorted((a, b) => a.seq - b.seq)
  for (const [index, ack] of bySeq.entries()) {
    newest.set(ack.question_id, ack)
    // A seq that no acknowledgement has is an answer that counted although nobody was told so.
    if (ack.seq !== index + 1)
      found.push({ kind: 'doubled', text: `${user_id}: acknowledgement ${index + 1} has seq ${ack.seq}` })
  }
  for (const [question_id, ack] of newest) {
    const doc = docs.find((other) => other.question_id === question_id)
    if (!doc || doc.seq < ack.seq) found.push({ kind: 'lost', text: `${user_id} ${question_id} seq ${ack.seq}` })
    else if (doc.seq > ack.seq)
      found.push({ kind: 'doubled', text: `${user_id} ${question_id}: seq ${doc.seq} after ${ack.seq}` })
    else if (doc.answer !== ack.answer || doc.is_correct !== ack.right)
      found.push({ kind: 'lost', text: `${user_id}: ${JSON.stringify(doc)} is not ${JSON.stringify(ack)}` })
  }
  for (const doc of docs)
    if (!newest.has(doc.question_id))
      found.push({ kind: 'doubled', text: `${user_id} ${doc.question_id}: counted, and never acknowledged` })
  return found
}

/** [Q2] By the acknowledgements in their order; the elapsed time is the document's. */
const totalOf = (quiz: CrowdQuiz, player: CrowdPlayer, docs: readonly Doc[], found: Found[]): number => {
  const right = new Map<string, boolean>()
  const points = new Map<string, number>()
  for (const ack of player.acks.toSorted((a, b) => a.seq - b.seq)) {
    const index = quiz.questions.findIndex(({ question_id }) => question_id === ack.question_id)
    const question = quiz.questions[index]
    if (!question) continue
    const before = quiz.questions.slice(0, index).map(({ question_id }) => right.get(question_id) ?? false)
    const doc = docs.find((other) => other.seq === ack.seq)
    const elapsed = doc?.elapsed_ms
    right.set(ack.question_id, ack.right)
    // Under speed the time of an answer that was replaced is not known any more.
    const score =
      quiz.settings.scoring === 'speed' && elapsed === undefined
        ? (ack.result.score ?? 0)
        : pointsOf(quiz.settings, question, ack.right, elapsed ?? 0, before)
    points.set(ack.question_id, score)
    const total = [...points.values()].reduce((sum, p) => sum + p, 0)
    if (doc && doc.score !== score)
      found.push({ kind: 'rank', text: `${player.user_id}: ${JSON.stringify(doc)}, expected ${score} points` })
    if (quiz.settings.feedback === 'instant' && ack.result.total !== total)
      found.push({ kind: 'doubled', text: `${player.user_id} was told ${JSON.stringify(ack)}, expected ${total}` })
  }
  return [...points.values()].reduce((sum, p) => sum + p, 0)
}

const read = async (path: string, replicas: readonly string[], { hostToken, random, tally }: Reader): Promise<Json> => {
  const reply = await insistOn(replicas, random, tally, (url) =>
    call({ url }, 'GET', path, { token: hostToken, timeoutMs: 10_000 }),
  )
  if (reply?.status !== 200) throw new Error(`${path}: ${reply?.status} ${reply?.text.slice(0, 200)}`)
  return reply.body
}

const readDocuments = async (quizId: string, reader: Reader): Promise<Map<string, Doc[]>> => {
  const all: Doc[] = []
  for (let after: string | null = ''; after !== null; ) {
    const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`
    const page = await read(`/api/v1/answers/${quizId}?limit=1000${query}`, reader.endpoints.answers, reader)
    all.push(...page.answers)
    after = page.next
  }
  return Map.groupBy(all, ({ user_id }) => user_id)
}

/** One page is one moment; several are again and again read until the version stands still. */
const readBoard = async (quizId: string, { endpoints, ...reader }: Reader): Promise<Json[]> => {
  const rows: Json[] = []
  for (;;) {
    const path = `/api/v1/leaderboards/${quizId}?limit=1000&offset=${rows.length}`
    const page = await read(path, endpoints.boards, { endpoints, ...reader })
    rows.push(...page.standings)
    if (page.standings.length < 1000) return rows
  }
}
