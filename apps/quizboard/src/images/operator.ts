/** The program of the operator's image. */
import { runChosen } from '@quizboard/shared/process/choose-command.ts'

await runChosen(() => import('@quizboard/operator/main.ts'), {
  'apply-crd': () => import('@quizboard/operator/commands/apply-crd.ts'),
  smoke: () => import('../smoke/main.ts'),
})
