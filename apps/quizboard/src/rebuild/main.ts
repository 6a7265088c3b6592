/**
 * `npm run rebuild -- <quiz_id> [--mend]`: recomputes a quiz's standings from its answers on MongoDB and compares them with the board.
 * The exit code is 1 if they differ.
 */
import { openMongoAnswerStore } from '@quizboard/answer-service/adapters/mongo-answer-store/mongo-answer-store.ts'
import { openMongoBoards } from '@quizboard/leaderboard-service/adapters/mongo-board-store/mongo-board-store.ts'
import { systemClock as clock } from '@quizboard/shared/kit/system.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { readMongodbSettings } from '@quizboard/shared/process/server-settings.ts'
import { createRebuild } from './rebuild.ts'
import type { Difference } from './standings.ts'

const USAGE = `Usage: npm run rebuild -- <quiz_id> [--mend]

Adds up the answers of the quiz and compares every player's points with the record beside the answers and with the
board (foreign points apart). Nothing is changed without --mend; with it, the records of those who differ
are corrected, and the boards told.`

const LAG_MS = 10_000
const SHOWN_MAX = 100

const print = (differences: readonly Difference[]) => {
  console.table(
    differences.slice(0, SHOWN_MAX).map(({ user_id, answers, record, board, revisions }) => ({
      user_id,
      'by the answers': answers,
      'in the record': record,
      'on the board': board ?? 'absent',
      revision: revisions.record,
      'on the board at': revisions.board,
    })),
  )
  if (differences.length > SHOWN_MAX) console.log(`and ${differences.length - SHOWN_MAX} more`)
}

await runCommand(async (env) => {
  const args = process.argv.slice(2)
  const isMend = args.includes('--mend')
  const [given, ...more] = args.filter((arg) => arg !== '--mend')
  if (given === undefined || given.startsWith('-') || more.length > 0) throw new Error(USAGE)
  const quizId = given.toUpperCase()
  const mongodb = readMongodbSettings(env)
  const answers = await openMongoAnswerStore(mongodb)
  try {
    const { store: boards } = await openMongoBoards(mongodb)
    try {
      const rebuild = createRebuild({ answers, boards, clock, lagMs: LAG_MS })
      const found = await rebuild.compare(quizId)
      if (found.players === 0) throw new Error(`There is nobody in a quiz ${JSON.stringify(given)}.`)
      const { differences } = found
      console.log(
        `${quizId}: ${found.players} players, ${found.answers} answers, ${differences.length} players differ.`,
      )
      if (differences.length === 0) return
      print(differences)
      if (!isMend) throw new Error('Nothing was changed. With --mend they are corrected.')
      const left = await rebuild.mend(quizId, differences)
      console.log(`Mended: ${differences.length - left.length}.`)
      if (left.length === 0) return
      print(left)
      throw new Error('These differ still: are the answer-service and the leaderboard-service running?')
    } finally {
      await boards.close()
    }
  } finally {
    await answers.close()
  }
})
