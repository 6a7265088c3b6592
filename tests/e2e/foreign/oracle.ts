/** What the contract says the scores are, from what was acknowledged; shares no code with the services. */
export interface KeyedQuestion {
  question_id: string
  type: 'choice' | 'typed'
  options?: string[]
  answer: string
  accept?: string[]
  points: number
  time_limit_ms: number | null
}
export interface Settings {
  scoring: 'accuracy' | 'speed' | 'streak'
  feedback: 'instant' | 'reveal'
  reanswer: 'allowed' | 'never'
}
export interface Acknowledged {
  question_id: string
  answer: string
  /** Right by the maker of the test, who knows which spellings it means to be right. */
  right: boolean
  seq: number
  result: Record<string, unknown>
}

/** The points of one answer. `elapsedMs`: of the stored document. `before`: right or not, of the questions before, in deck order. */
export const pointsOf = (
  settings: Settings,
  question: KeyedQuestion,
  right: boolean,
  elapsedMs: number,
  before: readonly boolean[],
): number => {
  if (!right) return 0
  if (settings.scoring === 'accuracy') return question.points
  if (settings.scoring === 'speed') {
    const limit = question.time_limit_ms ?? 20_000
    const t = Math.min(Math.max(elapsedMs, 0), limit)
    return Math.round((1 - t / limit / 2) * question.points)
  }
  let streak = 0
  for (let i = before.length - 1; i >= 0 && before[i]; i--) streak++
  return question.points + Math.round((question.points * Math.min(streak, 5)) / 10)
}

/** rank = 1 + number of players with more points. */
export const ranksOf = (scores: ReadonlyMap<string, number>): Map<string, number> => {
  const sorted = [...scores.values()].sort((a, b) => b - a)
  const first = new Map<number, number>()
  sorted.forEach((score, index) => {
    if (!first.has(score)) first.set(score, index + 1)
  })
  return new Map([...scores].map(([user, score]) => [user, first.get(score) as number]))
}
