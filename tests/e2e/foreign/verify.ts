/** Holds what was acknowledged against every board, rank, document and frame. Returns what is wrong, in words. */
import { call, insist, type Json, sleep, type Target } from './api.ts'
import { pointsOf, ranksOf } from './oracle.ts'
import type { PlayerLog, QuizLog } from './quiz-run.ts'

interface Doc {
  user_id: string
  question_id: string
  answer: string
  is_correct: boolean
  score: number
  update_ts: string
  seq: number
  elapsed_ms: number
  streak?: number
  key?: string
}

/** Standings without regard to the order of their fields. */
const rows = (list: readonly Json[] | undefined) =>
  JSON.stringify(list?.map(({ rank, user_id, name, score }) => [rank, user_id, name, score]))

const pages = async (
  target: Target,
  token: string,
  path: string,
  list: string,
  limit: number,
  key: 'after' | 'offset',
) => {
  const all: Json[] = []
  let after: string | number | null = key === 'offset' ? 0 : ''
  for (;;) {
    const query = after === '' ? '' : `&${key}=${encodeURIComponent(after)}`
    const reply = await insist(() => call(target, 'GET', `${path}?limit=${limit}${query}`, { token }))
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${reply.text}`)
    const part = reply.body[list] as Json[]
    all.push(...part)
    if (key === 'after') {
      after = reply.body.next as string | null
      if (after === null) return all
    } else {
      if (part.length === 0) return all
      after = (after as number) + part.length
    }
  }
}

/** One player's documents against the acknowledgements; gives the total that the oracle expects. */
function checkPlayer(log: QuizLog, player: PlayerLog, docs: Doc[], wrongs: string[]): number {
  const latest = new Map(player.acknowledged.map((a) => [a.question_id, a]))
  if (docs.length !== latest.size)
    wrongs.push(`${player.user_id}: ${docs.length} documents, ${latest.size} acknowledged`)
  let total = 0
  const before: boolean[] = []
  for (const question of log.questions) {
    const acknowledged = latest.get(question.question_id)
    const doc = docs.find((d) => d.question_id === question.question_id)
    if (acknowledged && doc) {
      const points = pointsOf(log.settings, question, acknowledged.right, doc.elapsed_ms, before)
      const said = { answer: doc.answer, seq: doc.seq, is_correct: doc.is_correct, score: doc.score, key: doc.key }
      const expected = {
        answer: acknowledged.answer,
        seq: acknowledged.seq,
        is_correct: acknowledged.right,
        score: points,
        key: question.answer,
      }
      if (JSON.stringify(said) !== JSON.stringify(expected))
        wrongs.push(`${player.user_id} ${JSON.stringify(said)} ≠ ${JSON.stringify(expected)}`)
      total += points
    } else if (acknowledged) wrongs.push(`lost: ${player.user_id} ${question.question_id} seq ${acknowledged.seq}`)
    before.push(acknowledged?.right ?? false)
  }
  checkResults(log, player, docs, wrongs)
  return total
}

/** The first replies: under instant feedback each total is the one before plus the change; under reveal nothing is told. */
function checkResults(log: QuizLog, player: PlayerLog, docs: Doc[], wrongs: string[]): void {
  const scores = new Map<string, number>()
  let total = 0
  for (const { result, question_id, right, seq } of player.acknowledged) {
    if (log.settings.feedback === 'reveal') {
      if (Object.keys(result).sort().join() !== 'question_id,seq') wrongs.push(`reveal told ${JSON.stringify(result)}`)
      continue
    }
    const score = result.score as number
    total += score - (scores.get(question_id) ?? 0)
    scores.set(question_id, score)
    if (result.is_correct !== right || result.total !== total)
      wrongs.push(`${player.user_id} seq ${seq}: ${JSON.stringify(result)}, total should be ${total}`)
    const doc = docs.find((d) => d.seq === seq)
    if (doc && doc.score !== score) wrongs.push(`result ${score} but document ${doc.score}`)
  }
}

/** Server time at which the player got to the total, where the documents tell it. */
function reachedAt(log: QuizLog, player: PlayerLog, docs: Doc[]): string | undefined {
  if (log.settings.feedback === 'reveal')
    return docs
      .filter((d) => d.score !== 0)
      .sort((a, b) => a.seq - b.seq)
      .at(-1)?.update_ts
  const scores = new Map<string, number>()
  let seq = 0
  for (const a of player.acknowledged) {
    const score = a.result.score as number
    if (score !== (scores.get(a.question_id) ?? 0)) seq = a.seq
    scores.set(a.question_id, score)
  }
  return docs.find((d) => d.seq === seq)?.update_ts
}

async function checkOwnReads(
  target: Target,
  log: QuizLog,
  player: PlayerLog,
  docs: Doc[],
  rank: number,
  total: number,
  wrongs: string[],
) {
  const own = await insist(() => call(target, 'GET', `/api/v1/answers/${log.quizId}`, { token: player.token }))
  const sorted = (list: Doc[]) => JSON.stringify([...list].sort((a, b) => (a.question_id < b.question_id ? -1 : 1)))
  if (sorted(own.body.answers as unknown as Doc[]) !== sorted(docs))
    wrongs.push(`${player.user_id}: own answers differ from the host's`)
  const standing = await insist(() =>
    call(target, 'GET', `/api/v1/leaderboards/${log.quizId}/players/${player.user_id}`, { token: player.token }),
  )
  const seq = player.acknowledged.at(-1)?.seq ?? 0
  const { rank: r, score: s, seq: q, name } = standing.body ?? {}
  if (r !== rank || s !== total || q !== seq || name !== player.name)
    wrongs.push(`${player.user_id}: REST ${standing.text}, expected rank ${rank} score ${total} seq ${seq}`)
  const questions = await insist(() =>
    call(target, 'GET', `/api/v1/quizzes/${log.quizId}/questions`, { token: player.token }),
  )
  const { answered, expired, question_count, questions: open } = questions.body
  if (answered !== docs.length || answered + expired !== question_count || open.length !== 0)
    wrongs.push(`questions: ${questions.text}`)
}

export async function verifyQuiz(target: Target, hostToken: string, log: QuizLog): Promise<string[]> {
  const wrongs = [...log.wrongs]
  await sleep(2_000)
  const documents = (await pages(
    target,
    hostToken,
    `/api/v1/answers/${log.quizId}`,
    'answers',
    97,
    'after',
  )) as unknown as Doc[]
  const keys = documents.map((d) => `${d.user_id}\u0000${d.question_id}`)
  if (keys.join('\n') !== [...keys].sort().join('\n')) wrongs.push('documents are not ordered by user_id, question_id')
  if (new Set(keys).size !== keys.length) wrongs.push('a document stands twice')
  const byUser = new Map<string, Doc[]>()
  for (const doc of documents) byUser.set(doc.user_id, [...(byUser.get(doc.user_id) ?? []), doc])
  const totals = new Map<string, number>()
  for (const player of log.players)
    totals.set(player.user_id, checkPlayer(log, player, byUser.get(player.user_id) ?? [], wrongs))
  const ranks = ranksOf(totals)

  const board = await pages(target, hostToken, `/api/v1/leaderboards/${log.quizId}`, 'standings', 33, 'offset')
  if (board.length !== log.players.length) wrongs.push(`board has ${board.length} of ${log.players.length}`)
  const names = new Map(log.players.map((p) => [p.user_id, p.name]))
  for (const row of board)
    if (
      row.score !== totals.get(row.user_id) ||
      row.rank !== ranks.get(row.user_id) ||
      row.name !== names.get(row.user_id)
    )
      wrongs.push(
        `board row ${JSON.stringify(row)}, expected ${totals.get(row.user_id)} rank ${ranks.get(row.user_id)}`,
      )
  const reached = new Map(log.players.map((p) => [p.user_id, reachedAt(log, p, byUser.get(p.user_id) ?? [])]))
  for (let i = 1; i < board.length; i++) {
    const [a, b] = [board[i - 1], board[i]] as [Json, Json]
    const [ta, tb] = [reached.get(a.user_id), reached.get(b.user_id)]
    if (a.score === b.score && ta && tb && (ta > tb || (ta === tb && a.user_id > b.user_id)))
      wrongs.push(`tie out of order: ${ta} before ${tb}`)
  }
  for (const player of log.players) {
    const [rank, total] = [ranks.get(player.user_id) as number, totals.get(player.user_id) as number]
    await checkOwnReads(target, log, player, byUser.get(player.user_id) ?? [], rank, total, wrongs)
    const you = player.live.newest.get('you')
    if (you?.rank !== rank || you.score !== total)
      wrongs.push(`${player.user_id}: you ${JSON.stringify(you)}, expected ${rank} ${total}`)
    wrongs.push(...player.live.wrongs)
  }
  const top = log.viewer.newest.get('leaderboard')?.top
  if (rows(top as Json[]) !== rows(board.slice(0, 100))) wrongs.push('the viewer sees another board than REST')
  if (log.viewer.newest.has('you')) wrongs.push('a viewer got a you frame')
  wrongs.push(...log.viewer.wrongs)
  for (const live of [log.viewer, ...log.players.map((p) => p.live)]) live.close()
  if (new Set(names.values()).size !== log.players.length) wrongs.push('two players have one name')
  return wrongs
}
