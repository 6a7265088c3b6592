/** `smoke`: plays a small quiz against a Quizboard that runs somewhere, and fails if anything is not as it should be. */
import { describeConfig, readConfig, setting } from '@quizboard/shared/kit/config.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { accessSchema } from '@quizboard/shared/process/settings.ts'
import { isForUser, Trouble } from '@quizboard/shared/process/trouble.ts'
import { z } from 'zod'
import { runSmoke } from './smoke.ts'

const schema = z.object({
  QUIZBOARD_URL: setting.url({ protocols: ['http', 'https'] }).describe('where Quizboard is'),
  QUIZBOARD_HOST_TOKEN: accessSchema.shape.QUIZBOARD_HOST_TOKEN,
  QUIZBOARD_SMOKE_PLAYERS: setting.int({ min: 1, max: 100, default: 4 }).describe('players of the quiz (4)'),
  QUIZBOARD_SMOKE_WAIT_MS: setting
    .int({ min: 0, max: 3_600_000, default: 30_000 })
    .describe('how long it may take until it is ready (30000)'),
})

if (process.argv.includes('--help'))
  console.log(
    [
      'Plays a small quiz and checks every result. Settings are environment variables:',
      '',
      ...describeConfig(schema.shape),
    ].join('\n'),
  )
else
  await runCommand(async (env) => {
    const set = readConfig(schema, env)
    try {
      await runSmoke({
        url: set.QUIZBOARD_URL.replace(/\/$/, ''),
        hostToken: set.QUIZBOARD_HOST_TOKEN,
        players: set.QUIZBOARD_SMOKE_PLAYERS,
        waitMs: set.QUIZBOARD_SMOKE_WAIT_MS,
        say: console.log,
      })
    } catch (error) {
      throw isForUser(error) ? error : new Trouble(`It does not work: ${(error as Error).message}`)
    }
  })
