/** Judges what clients of the live socket are shown, frame by frame, and remembers the newest for the end. */
import type { Facts } from '../facts.ts'

export interface Standing {
  rank: number
  user_id: string
  name: string | null
  score: number
}
type Json = Record<string, unknown>
interface Board {
  players: number
  top: readonly Standing[]
}

/** What every client of a world has been shown: the same version is the same board for all. */
export interface Shown {
  boards: Map<string, Board>
  yous: Map<string, string>
}
export const newShown = (): Shown => ({ boards: new Map(), yous: new Map() })

export interface FrameWatch {
  connecting(saysSeen: boolean, top: number): { before: string }
  take(frame: Json): void
  /** A write is complete. `isFirst`: of the connection. */
  written(isFirst: boolean): void
  refused(code: string): void
  seen(): { epoch: number; version: number } | undefined
  readonly board: Board | undefined
  readonly you: { rank: number; score: number } | undefined
  readonly quiz: Json | undefined
  readonly top: number
  /** By user_id: the scores that were shown by whoever had the lease then, one after the other. */
  readonly scores: ReadonlyMap<string, readonly number[]>
}

export const createFrameWatch = (
  facts: Facts,
  shown: Shown,
  quizId: string,
  userId: string | undefined,
  violate: (rule: string, detail: string) => void,
): FrameWatch => {
  const who = userId ?? 'a viewer'
  let epoch = -1
  let version = -1
  let top = 0
  let types: string[] = []
  let board: Board | undefined
  let you: { rank: number; score: number } | undefined
  let quiz: Json | undefined
  let quizContent = ''
  const scores = new Map<string, number[]>()

  const noteScore = (user: string, score: number) => {
    // An owner that has lost its lease, and does not know yet, may be ahead of its successor.
    if (epoch < (facts.epochs.get(quizId) ?? 0)) return
    const shownBefore = scores.get(user)
    if (!shownBefore) scores.set(user, [score])
    else if (shownBefore.at(-1) !== score) shownBefore.push(score)
  }
  const advance = (frame: Json, what: string) => {
    const next = { epoch: Number(frame.epoch), version: Number(frame.version) }
    const isOlder = next.epoch < epoch || (next.epoch === epoch && next.version < version)
    // No owner forgets here what it has shown: there is never a reason for a reset.
    if (frame.reset !== undefined) violate('Q5.2', `${who} of ${quizId} was shown ${what} with a reset`)
    if (isOlder)
      violate(
        'Q5.2',
        `${who} of ${quizId} was shown ${what} of (${next.epoch}, ${next.version}) after (${epoch}, ${version})`,
      )
    epoch = next.epoch
    version = next.version
  }
  const takeQuiz = (frame: Json) => {
    const revision = Number(frame.revision)
    const content = JSON.stringify({ ...frame, server_time: '', revision: 0 })
    const before = Number(quiz?.revision ?? 0)
    if (revision < before) violate('Q5.3', `${who} was shown revision ${revision} of ${quizId} after ${before}`)
    if (revision === before && content !== quizContent)
      violate('Q5.3', `${who} was shown two quiz frames of revision ${revision}: ${quizContent} and ${content}`)
    quiz = frame
    quizContent = content
    const question = frame.question as Json | undefined
    if (question?.answer === undefined) return
    const id = String(question.question_id)
    if (!facts.closed.has(id)) violate('Q7.1', `${who} was shown the key of ${id} before it was closed`)
  }
  const takeBoard = (frame: Json) => {
    advance(frame, 'a board')
    const next: Board = { players: Number(frame.players), top: frame.top as readonly Standing[] }
    board = next
    if (next.top.length !== Math.min(top, next.players))
      violate('Q4.1', `${next.top.length} rows of a board of ${next.players} players for top ${top}`)
    for (const [i, row] of next.top.entries()) {
      const above = next.top[i - 1]
      const rank = above?.score === row.score ? above.rank : i + 1
      noteScore(row.user_id, row.score)
      if (row.rank !== rank || (above && above.score < row.score))
        violate('Q4.1', `place ${i} of ${JSON.stringify(next.top)} in ${quizId}`)
    }
    const key = `${quizId} ${epoch} ${version}`
    const other = shown.boards.get(key)
    const same = Math.min(other?.top.length ?? 0, next.top.length)
    const [ours, theirs] = [next.top.slice(0, same), other?.top.slice(0, same) ?? []]
    if (other && (other.players !== next.players || JSON.stringify(ours) !== JSON.stringify(theirs)))
      violate('Q4.3', `two boards of version ${key}: ${JSON.stringify(theirs)} and ${JSON.stringify(ours)}`)
    if (!other || other.top.length < next.top.length) shown.boards.set(key, next)
  }
  const takeYou = (frame: Json) => {
    advance(frame, 'a rank')
    you = { rank: Number(frame.rank), score: Number(frame.score) }
    if (userId !== undefined) noteScore(userId, you.score)
    const key = `${quizId} ${epoch} ${version} ${userId}`
    const text = JSON.stringify(you)
    if ((shown.yous.get(key) ?? text) !== text)
      violate('Q4.3', `two ranks at ${key}: ${shown.yous.get(key)} and ${text}`)
    shown.yous.set(key, text)
  }
  /** Keys are unlike anything else, so they are found wherever they are; options of a choice may hold them. */
  const lookForKeys = (json: string) => {
    for (const { question_id, type, answer } of facts.plans.get(quizId)?.questions ?? [])
      if (type === 'typed' && !facts.closed.has(question_id) && json.includes(answer))
        violate('Q7.1', `${who} got the key of ${question_id} in ${json}`)
  }

  return {
    connecting(says, wanted) {
      // Who says nothing of what it has seen is a page that was opened anew: it remembers nothing.
      if (!says) {
        epoch = -1
        version = -1
        quiz = undefined
        scores.clear()
      }
      top = wanted
      types = []
      return { before: `(${epoch}, ${version})` }
    },
    take(frame) {
      lookForKeys(JSON.stringify(frame))
      types.push(String(frame.type))
      if (frame.type === 'quiz') takeQuiz(frame)
      else if (frame.type === 'leaderboard') takeBoard(frame)
      else if (frame.type === 'you') takeYou(frame)
      else violate('Q5.2', `a frame of type ${String(frame.type)}`)
    },
    written(isFirst) {
      if (isFirst && !['quiz,leaderboard', 'quiz,leaderboard,you'].includes(types.join()))
        violate('Q4.3', `${who} got ${types.join()} at first`)
      types = []
      const own = board?.top.find(({ user_id }) => user_id === userId)
      if (own && (own.rank !== you?.rank || own.score !== you.score))
        violate('Q4.3', `${who} sees ${JSON.stringify(own)} on the board and ${JSON.stringify(you)} as the own rank`)
    },
    refused: (code) => violate('Q9.4', `${who} was refused: ${code}`),
    seen: () => (epoch < 0 ? undefined : { epoch, version }),
    get board() {
      return board
    },
    get you() {
      return you
    },
    get quiz() {
      return quiz
    },
    get top() {
      return top
    },
    scores,
  }
}
