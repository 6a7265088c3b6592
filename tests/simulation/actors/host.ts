/** The host of a quiz: takes it from draft to closed, with double clicks and impatience. */
import type { Command } from '@quizboard/quiz-service/domain/lifecycle.ts'
import type { RegradeRequest } from '@quizboard/quiz-service/domain/regrade.ts'
import type { QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'

/** Whatever crashes, by then a question is closed. */
const LATE_MS = 60_000
/** The service takes its time to judge the answers before it replies. */
const REGRADE_PATIENCE_MS = 10_000

export const host = async (world: World, { quizId, questions, texts }: QuizPlan): Promise<void> => {
  const { random, scheduler, moments, facts } = world
  const state = () => world.quizzes.quiz(quizId)

  const click = (command: Command) =>
    world.request(
      `the host asks for ${command.kind} of ${quizId}`,
      () => world.reach('quizzes'),
      ({ conductor }) => conductor.run(quizId, command),
    )
  /** Until the quiz is where it should be; a second device may do the same. */
  const insist = async (command: Command, isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      const clicks = [click(command)]
      if (random.chance(0.2)) clicks.push(click(command))
      await Promise.all(clicks)
      if (!isDone()) await scheduler.sleep(100 + random.int(400))
    }
  }
  const position = () => state()?.current?.position ?? 0
  const isClosed = () => state()?.state === 'closed'

  /** Leaves the question, if it has a limit, to its deadline. */
  const timeOut = async (at: number) => {
    const deadline = state()?.current?.deadline
    if (!deadline) return
    let since = deadline
    while (position() === at && state()?.current?.state !== 'closed') {
      await scheduler.sleep(500)
      // Faults that follow each other closely can keep it open for as long as they last.
      if (world.unrest) since = Math.max(since, scheduler.now())
      if (scheduler.now() < since + LATE_MS) continue
      world.violate(
        'Q10.2',
        `question ${at} of ${quizId} is ${state()?.current?.state} ${LATE_MS} ms after its deadline`,
      )
      return
    }
  }

  const regrade = async () => {
    await scheduler.sleep(random.pick([100, 2_000]) + random.int(random.pick([500, 15_000])))
    if (random.chance(0.4)) await moments.next(5_000)
    const current = state()?.current?.question
    const { question_id: id } = current && random.chance(0.5) ? current : random.pick(questions)
    let request = correction(id)
    const first = correct(id, request)
    // And thinks better of it.
    while (random.chance(0.5)) {
      await (random.chance(0.5) ? moments.next(1_000) : scheduler.sleep(random.int(500)))
      request = random.chance(0.6) ? opposite(id, request) : correction(id)
      await correct(id, request)
    }
    await first
  }
  const correction = (id: string): RegradeRequest => {
    const { right = [], wrong = [] } = texts.get(id) ?? {}
    return random.pick<RegradeRequest>([
      { accept: [random.pick(wrong)] },
      { answer: random.pick(wrong) },
      { answer: random.pick(wrong), accept: [random.pick(right)] },
      { answer: random.pick(right), reject: [random.pick(wrong)] },
    ])
  }
  /** What was wrong and made right is wrong again, and the other way round. */
  const opposite = (id: string, { answer = '', accept = [], reject }: RegradeRequest): RegradeRequest => {
    const { right: [key = ''] = [], wrong = [] } = texts.get(id) ?? {}
    if (reject) return { answer: key, accept: reject }
    return { answer: key, reject: wrong.filter((text) => text === answer || accept.includes(text)) }
  }
  /** Corrects a key, until it is told that it is so. It may be told late, and ask twice. */
  const correct = async (id: string, request: RegradeRequest) => {
    facts.corrections.set(id, [...(facts.corrections.get(id) ?? []), request])
    for (;;) {
      const reply = await world.request(
        `the host regrades ${id} with ${JSON.stringify(request)}`,
        () => world.reach('quizzes'),
        ({ regrades }) => regrades.regrade(quizId, id, request),
        REGRADE_PATIENCE_MS,
      )
      if (reply.kind === 'reply' && reply.value.kind === 'made') break
      await scheduler.sleep(500 + random.int(500))
    }
  }
  const isRegraded = () => world.quizzes.regrades(quizId).every(({ doneAt }) => doneAt !== null)

  await scheduler.sleep(random.int(300))
  await insist({ kind: 'open' }, () => state()?.state !== 'draft')
  const regrading = Array.from({ length: random.pick([0, 0, 1, 2, 3]) }, regrade)
  await scheduler.sleep(500 + random.int(1_500))
  await insist({ kind: 'start' }, () => state()?.state !== 'open')
  for (let at = 1; at <= questions.length && !isClosed(); at++) {
    if (random.chance(0.3)) await timeOut(at)
    else {
      await scheduler.sleep(500 + random.int(2_000))
      await (random.chance(0.5) ? moments.next(2_000) : scheduler.sleep(random.int(2_000)))
    }
    if (random.chance(0.4)) {
      const isRevealed = () => isClosed() || position() > at || state()?.current?.state === 'closed'
      await insist({ kind: 'reveal', position: at }, isRevealed)
      await scheduler.sleep(random.int(1_000))
    }
    if (random.chance(0.05)) break
    if (at < questions.length) await insist({ kind: 'next', position: at }, () => isClosed() || position() > at)
  }
  await insist({ kind: 'close' }, isClosed)
  await Promise.all(regrading)
  while (!isRegraded()) await scheduler.sleep(500)
}
