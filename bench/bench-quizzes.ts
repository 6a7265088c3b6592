/** Live quizzes without a quiz-service: their events, published as it does. */
import {
  type DefinitionEvent,
  type LifecycleEvent,
  type PlayerEvent,
  TOPICS,
} from '@quizboard/shared/contracts/events.ts'
import { partitionOf } from '@quizboard/shared/domain/partition.ts'
import type { EventLog } from '@quizboard/shared/ports/event-log.ts'

export interface BenchQuestion {
  question_id: string
  options: string[]
  answer: string
  points: number
  time_limit_ms: number | null
}

const WORDS = ['abate', 'candid', 'dormant', 'elated']

/** The same in every process. */
export const questionsOf = (
  count: number,
  { points = 1_000, time_limit_ms = null }: Partial<Pick<BenchQuestion, 'points' | 'time_limit_ms'>> = {},
): BenchQuestion[] =>
  Array.from({ length: count }, (_, i) => ({
    question_id: `question_${String(i).padStart(4, '0')}`,
    options: WORDS,
    answer: WORDS[i % WORDS.length] ?? '',
    ...{ points, time_limit_ms },
  }))

export const quizId = (i: number): string => `quiz_${String(i).padStart(5, '0')}`
export const userId = (i: number): string => `user_${String(i).padStart(14, '0')}`

/** By speed where there is a limit. */
const settingsOf = (questions: readonly BenchQuestion[]) => ({
  ...({ mode: 'live', feedback: 'instant', reanswer: 'allowed' } as const),
  scoring: questions.some((question) => question.time_limit_ms !== null) ? ('speed' as const) : ('accuracy' as const),
})

/** Definitions, as the quiz-service publishes them. */
export const publishQuizzes = async (log: EventLog, count: number, questions: readonly BenchQuestion[]) => {
  for (let i = 0; i < count; i++) {
    const quiz_id = quizId(i)
    const definition: DefinitionEvent = {
      ...{ quiz_id, ...settingsOf(questions) },
      questions: questions.map((question) => ({ ...openOf(question), ...question })),
    }
    await log.append([{ topic: TOPICS.definitions, key: quiz_id, value: JSON.stringify(definition) }])
  }
}

/** Question `index` is the current one of each quiz from now on. */
export const openQuestion = async (
  log: EventLog,
  count: number,
  questions: readonly BenchQuestion[],
  index: number,
) => {
  const question = questions[index]
  if (!question) throw new RangeError(`there are ${questions.length} questions, not ${index + 1}`)
  const position = index + 1
  const now = Date.now()
  const deadline = question.time_limit_ms === null ? null : new Date(now + question.time_limit_ms).toISOString()
  const records = Array.from({ length: count }, (_, i) => {
    const event: LifecycleEvent = {
      ...{ quiz_id: quizId(i), ...settingsOf(questions), title: 'A benchmark', revision: 3 + index, state: 'running' },
      ...{ question_count: questions.length, position },
      question: { ...openOf(question), position, opened_at: new Date(now).toISOString(), deadline, state: 'open' },
    }
    return { topic: TOPICS.lifecycle, key: event.quiz_id, value: JSON.stringify(event) }
  })
  await log.append(records)
}

const openOf = ({ question_id, options, answer, points, time_limit_ms }: BenchQuestion) => ({
  ...{ question_id, options, points, time_limit_ms, type: 'word_to_definition' as const },
  prompt: `What is ${answer}?`,
})

/** Players join a quiz, as the quiz-service tells the boards. */
export const publishPlayers = async (log: EventLog, quiz_id: string, count: number) => {
  const joined_at = new Date().toISOString()
  const records = Array.from({ length: count }, (_, i) => {
    const event: PlayerEvent = { quiz_id, user_id: userId(i), name: `Player ${i}`, joined_at }
    return {
      topic: TOPICS.players,
      key: `${quiz_id}/${event.user_id}`,
      value: JSON.stringify(event),
      partition: partitionOf(quiz_id, log.partitions),
    }
  })
  for (let from = 0; from < count; from += 1_000) await log.append(records.slice(from, from + 1_000))
}
