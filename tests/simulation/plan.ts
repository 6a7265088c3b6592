/** What a seed decides before anything runs: how the product is deployed, what is asked of it, what goes wrong. */
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import type { SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import type { QuizPlan } from './facts.ts'

export interface Plan {
  /** One process for all, as `npm start` has it, or one for each service. */
  topology: 'together' | 'apart'
  /** Replicas of the quiz-service; only apart. */
  quizReplicas: number
  /** Replicas of the answer-service; only apart. */
  answerReplicas: number
  partitions: number
  /** Between two crashes, on average, milliseconds. */
  crashEveryMs: number
  /** Of calls to stores, this share fails. */
  failureRate: number
  /** Of transactions over a network, this share is given up, and may still come. */
  givenUpRate: number
  /** And this share takes up to seconds. */
  slowRate: number
  /** And these shares of rare calls, on which much depends: take so long, fail. */
  rareSlowRate: number
  rareFailureRate: number
  /** Of readers of a partition, this share lags behind by up to seconds. */
  lagShare: number
  /** Of what happens to a process, this share is a stall instead of a crash. */
  stallShare: number
  /** Of the requests of one service to another, this share is lost on its way, or its reply is. */
  lossShare: number
  /** And at this share the way of whoever is asked to its stores is blocked for a while; as is this share of what else happens. */
  blockShare: number
  /** And this share an end in good order, as on SIGTERM. */
  endShare: number
  /** Replicas of the leaderboard-service; only apart. */
  boardReplicas: number
  /** That keep a partition warm beside its owner. */
  standbys: number
  /** Of what happens to a board, this share is a network that is cut. */
  cutShare: number
  quizzes: readonly QuizPlan[]
  playersPerQuiz: number
  viewersPerQuiz: number
  foreignEvents: number
  /** Users of foreign producers alone; many: a board of several blocks. */
  strangers: number
  /** Of answers, this share cannot be stored. */
  poisonShare: number
  /** Pages, batches and parts of a few, and little kept in memory, so that their ends are met; else as shipped. */
  tight: boolean
}

export const makePlan = (random: SeededRandom): Plan => {
  // What goes wrong together finds more than each alone: replicas that lose each other and their stores, again and again.
  const isOrdeal = random.chance(0.25)
  /** The last of them, which is the worst, in an ordeal. */
  const share = (...shares: number[]): number => (isOrdeal ? (shares.at(-1) ?? 0) : random.pick(shares))
  const topology = isOrdeal || random.chance(0.4) ? 'apart' : 'together'
  const calm = !isOrdeal && random.chance(0.2)
  const replicas = (least: number, most: number) => least + random.int(most - least + 1)
  const failureRate = random.chance(0.5) ? 0.02 : 0
  const isCrowded = random.chance(0.02)
  const several = isOrdeal ? 2 : 1
  return {
    topology,
    quizReplicas: topology === 'apart' ? replicas(several, 2) : 1,
    answerReplicas: topology === 'apart' ? replicas(several, 3) : 1,
    partitions: 1 + random.int(3),
    crashEveryMs: calm ? 1e9 : 2_000 + random.int(8_000),
    failureRate,
    givenUpRate: share(0, 0.01, 0.2),
    slowRate: share(0, 0, 0.08),
    rareSlowRate: share(0, 0.3),
    rareFailureRate: failureRate > 0 ? share(failureRate, 0.2) : 0,
    lagShare: share(0, 0.3),
    stallShare: share(0, 0.7, 0.3),
    lossShare: share(0, 0.05),
    blockShare: share(0, 0.1, 0.4),
    endShare: random.pick([0, 0.3]),
    boardReplicas: topology === 'apart' ? 1 + random.int(3) : 1,
    standbys: random.int(3),
    cutShare: random.pick([0, 0.2]),
    quizzes: Array.from({ length: 1 + random.int(2) }, (_, i) => quizPlan(random, `QUIZ${i}${random.int(1_000)}`)),
    playersPerQuiz: 2 + random.int(7),
    viewersPerQuiz: 1 + random.int(2),
    foreignEvents: isCrowded ? 60 + random.int(60) : random.chance(0.6) ? random.int(25) : 0,
    strangers: isCrowded ? 100 : 3,
    poisonShare: random.pick([0, 0, 0.03]),
    tight: random.chance(0.5),
  }
}

const quizPlan = (random: SeededRandom, quizId: string): QuizPlan => {
  const scoring = random.pick(['accuracy', 'speed', 'streak'] as const)
  // Streaks end at five.
  const isLong = random.chance(scoring === 'streak' ? 0.25 : 0.03)
  const made = Array.from({ length: isLong ? 7 : 2 + random.int(3) }, (_, i) => question(random, quizId, i + 1))
  return {
    quizId,
    scoring,
    feedback: random.pick(['instant', 'reveal'] as const),
    reanswer: random.chance(0.75) ? 'allowed' : 'never',
    questions: made.map(({ question }) => question),
    texts: new Map(made.map(({ question, texts }) => [question.question_id, texts])),
  }
}

const question = (random: SeededRandom, quizId: string, n: number) => {
  // Unlike anything else in a frame, so that a leak can be seen.
  const key = `key${random.int(1_000_000)}of${n}`
  const base = {
    question_id: `${quizId}-q${n}`,
    prompt: `Question ${n}`,
    answer: key,
    points: random.pick([0, 1, 100, 1_000, 1_000, 10_000]),
    time_limit_ms: random.chance(0.4) ? 1_000 + random.int(6_000) : null,
  }
  if (random.chance(0.5)) {
    const question: Question = { ...base, type: 'choice', options: ['wrong 1', key, 'wrong 2'] }
    return { question, texts: { right: [key], wrong: ['wrong 1', 'wrong 2'] } }
  }
  const question: Question = { ...base, type: 'typed', accept: [`also ${key}`] }
  const right = [key, key.toUpperCase(), ` ${key}! `, `álso  ${key}`]
  return { question, texts: { right, wrong: ['nonsense', `${key}s`] } }
}
