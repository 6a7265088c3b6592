/** What is played, and what must come out of it: known beforehand, without asking the product. Pure. */

export interface ScriptedQuestion {
  type: 'choice' | 'typed'
  prompt: string
  options?: string[]
  answer: string
  points: number
  wrong: string
}

/** Each sum of points says which questions were right. */
export const QUESTIONS: readonly ScriptedQuestion[] = [
  {
    type: 'choice',
    prompt: 'Which word means “very big”?',
    options: ['huge', 'tiny', 'green'],
    ...{ answer: 'huge', wrong: 'tiny', points: 1_000 },
  },
  { type: 'typed', prompt: 'The opposite of “cold”', answer: 'hot', wrong: 'warmish', points: 500 },
  {
    type: 'choice',
    prompt: 'She … to school every day.',
    options: ['go', 'goes'],
    ...{ answer: 'goes', wrong: 'go', points: 250 },
  },
]

/** Players differ in what they know; from the ninth on some have as many points as another. */
export const knows = (player: number, question: number): boolean => (((player + 1) >> question) & 1) === 1

/** What a player submits for a question, in order: the last one counts. */
export const answersOf = (player: number, question: number): string[] => {
  const { answer, wrong } = QUESTIONS[question] as ScriptedQuestion
  return knows(player, question) ? [wrong, answer] : [answer, wrong]
}

export const scoreOf = (player: number, questions: number = QUESTIONS.length): number =>
  QUESTIONS.slice(0, questions).reduce((sum, { points }, question) => sum + (knows(player, question) ? points : 0), 0)

/** 1 + how many have more. */
export const rankOf = (player: number, players: number): number => {
  const score = scoreOf(player)
  return 1 + Array.from({ length: players }, (_, other) => scoreOf(other)).filter((points) => points > score).length
}
