/** The program of the quiz-service's image. */
import { runChosen } from '@quizboard/shared/process/choose-command.ts'

await runChosen(() => import('@quizboard/quiz-service/main.ts'), {
  migrate: () => import('@quizboard/quiz-service/commands/migrate.ts'),
  topics: () => import('@quizboard/quiz-service/commands/topics.ts'),
  secrets: () => import('./make-secrets.ts'),
  'host-link': () => import('./host-link.ts'),
})
