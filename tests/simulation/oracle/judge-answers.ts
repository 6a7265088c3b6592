/** Answers: what was acknowledged is there, once, scored by the rules; what was refused is not. */
import type { StoredAnswer } from '@quizboard/answer-service/domain/player.ts'
import type { Acknowledged, Facts, QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'
import type { Events, ScoreEvent } from './judge-events.ts'
import { isRightText } from './right-texts.ts'

/** Of each player whose total an answer has changed: the time of the last that did. */
export const judgeAnswers = async (
  world: World,
  quiz: QuizPlan,
  docs: readonly StoredAnswer[],
  events: Events['own'],
): Promise<Map<string, number>> => {
  const { facts } = world
  const reached = new Map<string, number>()
  const users = new Set([
    ...facts.acknowledged.filter(({ quizId }) => quizId === quiz.quizId).map(({ userId }) => userId),
    ...docs.map(({ user_id }) => user_id),
  ])
  for (const user of users) {
    const own = docs.filter(({ user_id }) => user_id === user)
    const time = await judgePlayer(world, quiz, user, own, [...(events.get(user)?.values() ?? [])])
    if (time !== undefined) reached.set(user, time)
  }
  return reached
}

const judgePlayer = async (
  world: World,
  quiz: QuizPlan,
  user: string,
  docs: readonly StoredAnswer[],
  events: readonly ScoreEvent[],
): Promise<number | undefined> => {
  const { facts, violate, answers } = world
  const { quizId } = quiz
  const isMine = ({ quizId: q, userId }: { quizId: string; userId: string }) => q === quizId && userId === user
  const acknowledged = facts.acknowledged.filter(isMine)
  const anonymous = facts.anonymous.filter(isMine)
  const early = facts.early.filter(isMine)
  const sent = [...acknowledged, ...facts.refused.filter(isMine), ...early]
  const ids = [...new Set(sent.flatMap(({ answerId }) => answerId ?? []))]
  const key = { quiz_id: quizId, user_id: user, question_ids: [], answer_ids: ids }
  const [state] = await answers.inner.load([key])
  if (!state) return undefined
  for (const submission of early) {
    const result = submission.answerId === undefined ? undefined : state.results.get(submission.answerId)
    const isKnown = acknowledged.some(({ answerId }) => answerId === submission.answerId)
    if (result && !isKnown) acknowledged.push({ ...submission, kind: 'repeated', result })
  }

  const bySeq = judgeRepeats(world, user, acknowledged)
  for (const [answerId, result] of state.results)
    if (acknowledged.every((ack) => ack.answerId !== answerId))
      violate('Q8.1', `${user}'s ${answerId} was refused and is stored as ${JSON.stringify(result)}`)
  for (const { answerId, result } of acknowledged)
    if (answerId !== undefined && JSON.stringify(state.results.get(answerId)) !== JSON.stringify(result))
      violate(
        'Q1.2',
        `${user}'s ${answerId} got ${JSON.stringify(result)}, stored is ${JSON.stringify(state.results.get(answerId))}`,
      )

  const { record } = state
  const missing = Array.from({ length: record.seq }, (_, i) => i + 1).filter((seq) => !bySeq.has(seq))
  // Without an answer_id a commit whose reply was lost cannot be told from a new answer.
  if (missing.length > 0 && anonymous.length === 0)
    violate('Q8.1', `${user} of ${quizId} has seq ${record.seq}, of which ${missing.join()} are nobody's`)
  judgeNewest(world, quiz, user, docs, bySeq)
  for (const doc of docs) judgeDoc(world, quiz, doc)
  if (quiz.reanswer === 'never') judgeNever(world, user, bySeq)
  if (record.total !== docs.reduce((total, { score }) => total + score, 0))
    violate('Q2.1', `${user} of ${quizId} has a record of ${record.total} points`)
  judgeStreaks(world, quiz, user, record.seq)
  judgeResults(world, quiz, user, bySeq, events)
  return reachedAt(events)
}

/** One result for each answer_id, one accepted answer for each seq. */
const judgeRepeats = ({ violate }: World, user: string, acknowledged: readonly Acknowledged[]) => {
  const byId = new Map<string, Acknowledged>()
  const bySeq = new Map<number, Acknowledged>()
  for (const ack of acknowledged) {
    const { answerId, result, kind } = ack
    const first = answerId === undefined ? undefined : byId.get(answerId)
    if (first && JSON.stringify(first.result) !== JSON.stringify(result))
      violate('Q8.1', `${user}'s ${answerId} got ${JSON.stringify(first.result)} and ${JSON.stringify(result)}`)
    if (first && first.kind === 'accepted' && kind === 'accepted')
      violate('Q8.1', `${user}'s ${answerId} was accepted twice`)
    if (answerId !== undefined && (!first || kind === 'accepted')) byId.set(answerId, ack)
    const other = bySeq.get(result.seq)
    if (other && (other.answerId !== answerId || answerId === undefined))
      violate('Q1.2', `${user} has two answers of seq ${result.seq}: ${other.answerId} and ${answerId}`)
    // What a repeat says of the answer is not what counts.
    if (!other || kind === 'accepted') bySeq.set(result.seq, ack)
  }
  return bySeq
}

const judgeNewest = (
  { violate }: World,
  quiz: QuizPlan,
  user: string,
  docs: readonly StoredAnswer[],
  bySeq: ReadonlyMap<number, Acknowledged>,
) => {
  const byQuestion = new Map(docs.map((doc) => [doc.question_id, doc]))
  for (const { result, kind, answer } of bySeq.values()) {
    const doc = byQuestion.get(result.question_id)
    if (!doc || doc.seq < result.seq)
      violate('Q1.1', `${user}'s acknowledged answer ${result.seq} to ${result.question_id} of ${quiz.quizId} is lost`)
    else if (doc.seq === result.seq && kind === 'accepted' && doc.answer !== answer)
      violate('Q1.2', `${user}'s answer ${result.seq} was "${answer}", stored is "${doc.answer}"`)
  }
}

const judgeNever = ({ violate }: World, user: string, bySeq: ReadonlyMap<number, Acknowledged>) => {
  const questions = [...bySeq.values()].map(({ result }) => result.question_id)
  if (new Set(questions).size !== questions.length)
    violate('Q2.5', `${user} answered a question twice although it is allowed once`)
}

/** By the key that the host gave last. */
const isRight = ({ corrected }: Facts, { texts }: QuizPlan, { question_id, answer }: StoredAnswer): boolean => {
  const question = corrected.get(question_id)
  if (!question) return texts.get(question_id)?.right.includes(answer) ?? false
  return isRightText(question, answer)
}

/** The contract's formulas, over again. */
const pointsOf = (facts: Facts, quiz: QuizPlan, doc: StoredAnswer): number => {
  const question = quiz.questions.find(({ question_id }) => question_id === doc.question_id)
  if (!question || !isRight(facts, quiz, doc)) return 0
  const { points, time_limit_ms } = question
  if (quiz.scoring === 'accuracy') return points
  if (quiz.scoring === 'streak') return points + Math.round((points * Math.min(doc.streak ?? Number.NaN, 5)) / 10)
  const limit = time_limit_ms ?? 20_000
  return Math.round((1 - Math.min(limit, Math.max(0, doc.elapsed_ms)) / limit / 2) * points)
}

const judgeDoc = ({ facts, violate }: World, quiz: QuizPlan, doc: StoredAnswer) => {
  const what = `${doc.user_id}'s answer "${doc.answer}" to ${doc.question_id}`
  const points = pointsOf(facts, quiz, doc)
  if (doc.is_correct !== isRight(facts, quiz, doc)) violate('Q2.2', `${what} is stored as is_correct ${doc.is_correct}`)
  if (doc.score !== points) violate('Q2.2', `${what} has ${doc.score} points, not ${points}`)
  const first = facts.stored.get(doc.user_id)?.get(doc.seq)
  const was = doc.regraded?.was ?? doc
  if (first && (first.isCorrect !== was.is_correct || first.score !== was.score))
    violate('Q12.2', `${what} says that it was ${JSON.stringify(was)}, and was ${JSON.stringify(first)}`)
  const openedAt = facts.opened.get(doc.question_id)?.openedAt
  if (openedAt !== undefined && doc.elapsed_ms < Date.parse(doc.update_ts) - openedAt)
    violate('Q2.3', `${what} has elapsed_ms ${doc.elapsed_ms}, opened at ${openedAt}`)
}

/** Streaks, as they were when each answer was accepted. */
const judgeStreaks = ({ facts, violate }: World, quiz: QuizPlan, user: string, accepted: number) => {
  const stored = [...(facts.stored.get(user) ?? [])].sort(([a], [b]) => a - b)
  // Of answers to one question in one commit only the last is stored.
  if (quiz.scoring !== 'streak' || stored.length < accepted || facts.unseen.has(user)) return
  for (const [seq, { questionId, before, ...answer }] of stored) {
    const streak = streakBefore(quiz, questionId, before)
    if (answer.streak !== streak)
      violate('Q2.4', `${user}'s answer ${seq} has a streak of ${answer.streak}, not ${streak}`)
  }
}

/** What a reply says of points is what the event of its answer says; under reveal it says nothing. */
const judgeResults = (
  { violate }: World,
  quiz: QuizPlan,
  user: string,
  bySeq: ReadonlyMap<number, Acknowledged>,
  events: readonly ScoreEvent[],
) => {
  for (const [seq, { result }] of bySeq) {
    const { is_correct, score, total } = result
    const says = `${user}'s result ${seq} says ${JSON.stringify(result)}`
    if (quiz.feedback === 'reveal') {
      if (is_correct !== undefined || score !== undefined || total !== undefined) violate('Q7.4', says)
      continue
    }
    // A regrade's event has the newest seq, too.
    const [event] = events.filter((each) => each.seq === seq).sort((a, b) => a.revision - b.revision)
    if (event?.total !== total || typeof is_correct !== 'boolean' || typeof score !== 'number')
      violate('Q2.6', `${says}, its event ${JSON.stringify(event)}`)
  }
}

/** Time of the answer that last changed the total; undefined: none did. Answers may be counted in another order than they came. */
const reachedAt = (events: readonly ScoreEvent[]): number | undefined => {
  const times = events.filter(({ score }) => score !== 0).map(({ answered_at }) => Date.parse(answered_at))
  return times.length === 0 ? undefined : Math.max(...times)
}

const streakBefore = ({ questions }: QuizPlan, questionId: string, latest: ReadonlyMap<string, boolean>): number => {
  const before = questions.slice(
    0,
    questions.findIndex(({ question_id }) => question_id === questionId),
  )
  const wrong = before.findLastIndex(({ question_id }) => !latest.get(question_id))
  return before.length - 1 - wrong
}
