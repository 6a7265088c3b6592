/** The program of the leaderboard-service's image. */
import { runChosen } from '@quizboard/shared/process/choose-command.ts'

await runChosen(() => import('@quizboard/leaderboard-service/main.ts'), {
  'dead-letters': () => import('@quizboard/leaderboard-service/commands/dead-letters.ts'),
  rebuild: () => import('../rebuild/main.ts'),
})
