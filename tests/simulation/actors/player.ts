/** A player: joins, answers, changes the mind, taps twice, repeats what got no reply. */
import { POISON, type QuizPlan, type Submission } from '../facts.ts'
import type { World } from '../world.ts'
import { read } from './reader.ts'

/** Refusals that are over once the host goes on. */
const NOT_YET: ReadonlySet<string> = new Set(['quiz/not_running', 'question/not_open'])

/** Joins, however long it takes, now and then by a double tap; gives the user_id. undefined: it came too late. */
export const join = async (world: World, quizId: string, i: number): Promise<string | undefined> => {
  const { scheduler, random, facts, violate } = world
  // Some have the same name.
  const name = random.pick([`P${i}`, 'Anna'])
  const joinId = `${quizId}-${i}`
  const tap = async () => {
    const reply = await world.request(
      `${name} joins ${quizId} as ${joinId}`,
      () => world.reach('quizzes'),
      ({ joins }) => joins.join(quizId, { name, joinId }),
    )
    if (reply.kind !== 'reply' || reply.value.kind !== 'joined') return reply
    const { userId } = reply.value.player
    const before = facts.joined.get(joinId) ?? userId
    if (before !== userId) violate('Q8.2', `${joinId} is ${before} and ${userId}`)
    facts.joined.set(joinId, before)
    return reply
  }
  for (;;) {
    if (random.chance(0.2)) void tap()
    const reply = await tap()
    const outcome = reply.kind === 'reply' ? reply.value : undefined
    if (outcome?.kind === 'joined') return outcome.player.userId
    if (outcome?.kind === 'refused' && outcome.code === 'quiz/closed') return undefined
    await scheduler.sleep(100 + world.random.int(400))
  }
}

export interface Player {
  /** Plays until the quiz is closed; resolves once every submission of its has an end. */
  play(): Promise<void>
}

export const createPlayer = (world: World, quiz: QuizPlan, userId: string): Player => {
  const { random, scheduler, facts, moments } = world
  const { quizId } = quiz
  const underWay = new Set<Promise<void>>()
  const sentIds: string[] = []
  const skill = random.pick([0.3, 0.6, 0.6, 0.95])
  let ids = 0

  const state = () => world.quizzes.quiz(quizId)
  const newId = () => {
    const id = `a${++ids}`
    sentIds.push(id)
    return id
  }
  const textFor = (questionId: string): string => {
    if (random.chance(world.plan.poisonShare)) return POISON
    const texts = quiz.texts.get(questionId)
    return random.pick(texts?.[random.chance(skill) ? 'right' : 'wrong'] ?? ['?'])
  }

  const isAcknowledged = (answerId: string | undefined) =>
    answerId !== undefined && facts.acknowledged.some((ack) => ack.userId === userId && ack.answerId === answerId)

  const sendOnce = (submission: Submission) => {
    const { questionId, answer, answerId } = submission
    const isRepeat = isAcknowledged(answerId)
    return world.request(
      `${userId} answers ${questionId} with "${answer}" as ${answerId}`,
      () => world.reach('answers'),
      async ({ app, process }) => {
        const isOpened = facts.logged.has(questionId)
        const outcome = await app.submit({
          quiz_id: quizId,
          user_id: userId,
          question_id: questionId,
          answer,
          answer_id: answerId,
        })
        scheduler.trace.add(`${scheduler.now()} ${process.name} replies ${JSON.stringify(outcome)}`)
        // From here on the service stands by it, whether the reply arrives or not.
        if (outcome.kind === 'accepted' || outcome.kind === 'repeated')
          facts.acknowledged.push({ ...submission, kind: outcome.kind, result: outcome.result })
        if (isRepeat && outcome.kind === 'refused')
          world.violate('Q8.1', `${userId}'s ${answerId} was accepted, and is refused: ${outcome.code}`)
        if (isOpened && outcome.kind === 'refused' && NOT_YET.has(outcome.code))
          world.violate('Q9.6', `${userId} was told ${outcome.code} of ${questionId}, whose opening is in the log`)
        return outcome
      },
    )
  }
  /** With an answer_id, until there is an answer; without one nobody can tell after a lost reply. */
  const send = async (submission: Submission): Promise<void> => {
    if (submission.answerId === undefined) facts.anonymous.push(submission)
    for (;;) {
      const reply = await sendOnce(submission)
      if (reply.kind === 'reply') {
        const outcome = reply.value
        if (outcome.kind === 'failed') {
          if (submission.answer === POISON) return
          if (world.plan.failureRate === 0)
            world.violate('Q1.3', `${userId}'s "${submission.answer}" failed, and could be stored`)
        }
        if (outcome.kind === 'accepted' || outcome.kind === 'repeated') return
        if (outcome.kind === 'refused') {
          if (submission.answerId !== undefined)
            (NOT_YET.has(outcome.code) ? facts.early : facts.refused).push(submission)
          return
        }
      }
      if (submission.answerId === undefined) return
      await scheduler.sleep(50 + random.int(500))
    }
  }
  const begin = (submission: Submission) => {
    const work: Promise<void> = send(submission).finally(() => underWay.delete(work))
    underWay.add(work)
  }
  const submission = (questionId: string, answerId: string | undefined): Submission => ({
    quizId,
    userId,
    questionId,
    answer: textFor(questionId),
    answerId,
  })
  const act = () => {
    const current = state()?.current?.question.question_id
    const anyQuestion = random.pick(quiz.questions).question_id
    const questionId = random.chance(0.75) ? (current ?? anyQuestion) : anyQuestion
    const kind = random.next()
    if (kind < 0.1 && sentIds.length > 0) {
      // The same answer_id again, whatever else it says.
      begin(submission(questionId, random.pick(sentIds)))
    } else if (kind < 0.25) {
      const twice = submission(questionId, newId())
      begin(twice)
      begin(random.chance(0.5) ? twice : { ...twice, answer: textFor(questionId) })
    } else if (kind < 0.32 && quiz.scoring !== 'streak') begin(submission(questionId, undefined))
    else for (let n = random.chance(0.1) ? 3 : 1; n > 0; n--) begin(submission(questionId, newId()))
  }

  /** Tries to be there as the deadline passes. */
  const waitForTheDeadline = async () => {
    const left = (state()?.current?.deadline ?? 0) - scheduler.now()
    if (left > 0 && left < 3_000 && random.chance(0.4)) await scheduler.sleep(left - random.int(5))
  }

  const endOfBreak = async () => {
    const left = (facts.breaks.get(quizId) ?? 0) - scheduler.now()
    if (left > 0) await scheduler.sleep(left)
  }

  return {
    async play() {
      while (state()?.state !== 'closed') {
        await (random.chance(0.2) ? moments.next(1_500) : scheduler.sleep(random.int(1_500)))
        await endOfBreak()
        await waitForTheDeadline()
        if (state()?.state !== 'draft' && underWay.size < 5) act()
        if (random.chance(0.15)) await read(world, quiz, userId)
      }
      // Late ones, which must be refused, or repeats.
      await scheduler.sleep(random.int(1_000))
      act()
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
