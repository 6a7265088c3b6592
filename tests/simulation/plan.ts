/** What a seed decides before anything runs: how the product is deployed, what is asked of it, what goes wrong. */
import type { Question } from '@quizboard/shared/contracts/rest.ts'
import type { SeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import type { QuizPlan } from './facts.ts'

export interface Plan {
  /** One process for all, as `npm start` has it, or one for each service. */
  topology: 'together' | 'apart'
  /** Replicas of the answer-service; only apart. */
  answerReplicas: number
  partitions: number
  /** Between two crashes, on average, milliseconds. */
  crashEveryMs: number
  /** Of calls to stores, this share fails. */
  failureRate: number
  /** A new owner may start while the old one still runs. */
  takeovers: boolean
  quizzes: readonly QuizPlan[]
  playersPerQuiz: number
  viewersPerQuiz: number
  foreignEvents: number
}

export const makePlan = (random: SeededRandom): Plan => {
  const topology = random.chance(0.5) ? 'together' : 'apart'
  const calm = random.chance(0.15)
  return {
    topology,
    answerReplicas: topology === 'apart' ? 1 + random.int(2) : 1,
    partitions: 1 + random.int(3),
    crashEveryMs: calm ? 1e9 : 2_000 + random.int(8_000),
    failureRate: random.chance(0.5) ? 0.02 : 0,
    takeovers: topology === 'apart' && random.chance(0.5),
    quizzes: Array.from({ length: 1 + random.int(2) }, (_, i) => quizPlan(random, `QUIZ${i}${random.int(1_000)}`)),
    playersPerQuiz: 2 + random.int(7),
    viewersPerQuiz: 1 + random.int(2),
    foreignEvents: random.chance(0.6) ? random.int(25) : 0,
  }
}

const quizPlan = (random: SeededRandom, quizId: string): QuizPlan => {
  const made = Array.from({ length: 2 + random.int(3) }, (_, i) => question(random, quizId, i + 1))
  return {
    quizId,
    scoring: random.pick(['accuracy', 'speed', 'streak'] as const),
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
