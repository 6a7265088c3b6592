/** One run of a simulated world, by its seed. */
import { createLogger } from '@quizboard/shared/kit/logger.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { foreignProducer } from './actors/foreign.ts'
import { host } from './actors/host.ts'
import { createPlayer, join } from './actors/player.ts'
import { createViewer, type Viewer } from './actors/viewer.ts'
import { createScheduler } from './engine/scheduler.ts'
import { createTrace } from './engine/trace.ts'
import { watchdog } from './engine/watchdog.ts'
import type { QuizPlan } from './facts.ts'
import { judgeAtRest, type Watched } from './oracle/at-rest.ts'
import { createFrameWatch, newShown } from './oracle/frames.ts'
import { makePlan } from './plan.ts'
import { addQuiz } from './product/add-quiz.ts'
import type { Wrappers } from './product/instances.ts'
import { createWorld, type World } from './world.ts'

export interface RunOptions {
  seed: number
  /** Each line of the trace, and the services' logs. */
  print?: (line: string) => void
  wrappers?: Wrappers
}
export interface RunReport {
  seed: number
  violations: readonly string[]
  /** Equal for equal runs. */
  traceHash: string
  steps: number
  /** For a summary: what took place. */
  accepted: number
  crashes: number
}

const START_MS = Date.UTC(2026, 2, 1, 12)
/** Longer than any quiz that is not stuck. */
const PLAY_MS = 20 * 60_000
const REST_MS = 15_000
/** Many times as many as any quiz takes: whoever does more goes round in circles, and does ever more. */
const STEPS_MAX = 200_000

export const simulate = (options: RunOptions): Promise<RunReport> => watchdog.watch(options.seed, () => run(options))

const run = async ({ seed, print, wrappers = {} }: RunOptions): Promise<RunReport> => {
  const trace = createTrace(print)
  const random = createSeededRandom(seed)
  const scheduler = createScheduler(START_MS, random, trace)
  const plan = makePlan(random)
  trace.add(JSON.stringify({ seed, ...plan, quizzes: plan.quizzes.map(({ texts, ...quiz }) => quiz) }))
  const logger = print && createLogger({ name: 'sim', level: 'debug', destination: { write: print } })
  const world = createWorld(scheduler, plan, wrappers, logger)
  let crashes = 0
  world.onCrash(() => {
    crashes++
  })

  const viewers: (Viewer & { quizId: string; userId: string | undefined })[] = []
  const shown = newShown()
  const watch = (quizId: string, userId: string | undefined) => {
    const frames = createFrameWatch(world.facts, shown, quizId, userId, world.violate)
    viewers.push(Object.assign(createViewer(world, quizId, userId, frames), { quizId, userId }))
  }
  for (const quiz of plan.quizzes) {
    addQuiz(world, quiz)
    for (let i = 0; i < plan.viewersPerQuiz; i++) watch(quiz.quizId, undefined)
  }
  world.start()
  const users = new Map(plan.quizzes.map(({ quizId }) => [quizId, [] as string[]]))
  const play = async (quiz: QuizPlan, i: number) => {
    await scheduler.sleep(random.int(4_000))
    const userId = await join(world, quiz.quizId, i)
    if (userId === undefined) return
    users.get(quiz.quizId)?.push(userId)
    if (random.chance(0.7)) watch(quiz.quizId, userId)
    await createPlayer(world, quiz, userId).play()
  }
  /** A break: nobody looks at the quiz for a while, nor answers, and it may leave memory. */
  const pause = async ({ quizId }: QuizPlan) => {
    await scheduler.sleep(random.chance(0.5) ? pauseAt : 2_000 + random.int(15_000))
    const ms = 4_000 + random.int(5_000)
    world.facts.breaks.set(quizId, scheduler.now() + ms)
    for (const viewer of viewers) if (viewer.quizId === quizId) viewer.leaveFor(ms)
  }
  /** One leaves after the other, or all at once. */
  const pauseAt = 2_000 + random.int(15_000)
  const pauses = random.pick([0, 0.2, 0.8])
  const work = Promise.all([
    ...plan.quizzes.filter(() => random.chance(pauses)).map(pause),
    ...plan.quizzes.map((quiz) => host(world, quiz)),
    ...plan.quizzes.flatMap((quiz) => Array.from({ length: plan.playersPerQuiz }, (_, i) => play(quiz, i))),
    foreignProducer(world, plan.quizzes, (quizId) => users.get(quizId) ?? []),
  ])
  await finish(world, work, viewers)
  return {
    seed,
    violations: world.violations,
    traceHash: trace.hash(),
    steps: scheduler.steps,
    accepted: world.facts.acknowledged.length,
    crashes,
  }
}

const finish = async (world: World, work: Promise<unknown>, viewers: readonly Watched[]): Promise<void> => {
  const { scheduler, violate } = world
  let isDone = false
  void work.then(() => {
    isDone = true
  })
  const isStorm = () => scheduler.steps > STEPS_MAX
  const over = () => isDone || world.violations.length > 0 || isStorm()
  // Calm comes in the middle of things for some worlds, and after them for others.
  const unrestMs = 10_000 + world.random.int(60_000)
  await scheduler.runUntil(START_MS + unrestMs, over)
  world.calm()
  await scheduler.runUntil(START_MS + PLAY_MS, over)
  if (world.violations.length > 0) return
  if (isStorm()) violate('Q9', `more than ${STEPS_MAX} events`)
  else if (!isDone) {
    violate('Q10.2', `not everything came to an end within ${PLAY_MS / 60_000} minutes`)
  }
  if (world.violations.length > 0) return
  await scheduler.runUntil(scheduler.now() + REST_MS, () => world.violations.length > 0)
  if (world.violations.length === 0) await judgeAtRest(world, viewers)
}
