/** What gets an image, and what each is bundled from. */
export interface Deployable {
  name: string
  /** The program, from the repository's root. */
  entry: string
  /** Files and folders that it reads when it runs, and what they are called beside it. */
  assets?: Readonly<Record<string, string>>
}

export const DEPLOYABLES: readonly Deployable[] = [
  {
    name: 'quiz-service',
    entry: 'apps/quizboard/src/images/quiz-service.ts',
    assets: { 'apps/quiz-service/src/migrations': 'migrations' },
  },
  {
    name: 'answer-service',
    entry: 'apps/answer-service/src/main.ts',
  },
  {
    name: 'leaderboard-service',
    entry: 'apps/quizboard/src/images/leaderboard-service.ts',
  },
  {
    name: 'gateway',
    entry: 'apps/gateway/src/main.ts',
    assets: { 'apps/web/dist': 'web' },
  },
  { name: 'operator', entry: 'apps/quizboard/src/images/operator.ts' },
]
