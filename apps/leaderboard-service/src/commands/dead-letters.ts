/**
 * Dead letters on Kafka: `export` prints them as JSON Lines; each whose `mended` somebody has filled in is sent by `replay`, and
 * counts once, however often. `npm run dead-letters`
 */
import { readFile } from 'node:fs/promises'
import { openKafkaEventLog } from '@quizboard/shared/adapters/kafka-event-log/kafka-event-log.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { readAll } from '@quizboard/shared/kit/config.ts'
import { systemClock, systemRandom } from '@quizboard/shared/kit/system.ts'
import { runCommand } from '@quizboard/shared/process/run-command.ts'
import { readKafkaSettings, readMongodbSettings } from '@quizboard/shared/process/server-settings.ts'
import { openMongoBoards } from '../adapters/mongo-board-store/mongo-board-store.ts'
import { countedLetters, type Desk, readDeadLetters, replay } from '../app/dead-letter-desk.ts'
import { planReplay } from '../domain/mended-letters.ts'

const USAGE = `Usage:
  npm run --silent dead-letters -- export > letters.jsonl
  npm run --silent dead-letters -- replay letters.jsonl

export writes one letter a line. Write what the record should have been into its "mended", for example
{"quiz_id":"…","user_id":"…","score":100}; replay sends those lines, the others stay as they are.`

const WAIT_MS = 15_000
/** Of a file. */
const SENDINGS_MAX = 10_000
const PROBLEMS_SHOWN = 100

const exportAll = async ({ eventLog, store }: Desk) => {
  const letters = await readDeadLetters(eventLog)
  const isCounted = await countedLetters(store)
  for (const letter of letters.values()) {
    const replayed = letter.topic === TOPICS.scores && isCounted(letter)
    console.log(JSON.stringify({ ...letter, replayed, mended: null }))
  }
  console.error(`${letters.size} dead letters.`)
}

const replayFile = async (desk: Desk, file: string, text: string) => {
  const { eventLog } = desk
  const { sendings, counted, left, problems } = planReplay(text, await readDeadLetters(eventLog), eventLog.partitions)
  if (problems.length > 0) {
    const lines = problems.slice(0, PROBLEMS_SHOWN).map(({ line, detail }) => `  ${file}:${line}: ${detail}`)
    throw new Error(`Nothing was sent. Lines with a problem: ${problems.length}\n${lines.join('\n')}`)
  }
  if (sendings.length > SENDINGS_MAX)
    throw new Error(`Nothing was sent: ${file} has ${sendings.length} mended letters, ${SENDINGS_MAX} go at one time.`)
  const { before, pending } = await replay(desk, { sendings, counted }, WAIT_MS)
  console.log(`Sent: ${sendings.length}. Counted before, and no more now: ${before}. Left as they are: ${left}.`)
  if (pending > 0) throw new Error(`Not counted yet: ${pending}. They will be once the leaderboard-service runs.`)
}

await runCommand(async (env) => {
  const [command, file, ...more] = process.argv.slice(2)
  const isReplay = command === 'replay' && file !== undefined
  if (more.length > 0 || !(isReplay || (command === 'export' && file === undefined))) throw new Error(USAGE)
  const text = isReplay ? await readFile(file, 'utf8') : ''
  const { kafka, mongodb } = readAll({
    kafka: () => readKafkaSettings(env, 'quizboard-dead-letters'),
    mongodb: () => readMongodbSettings(env),
  })
  const eventLog = await openKafkaEventLog({ ...kafka, clock: systemClock, random: systemRandom })
  try {
    const { store } = await openMongoBoards(mongodb)
    try {
      const desk = { eventLog, store, clock: systemClock }
      await (isReplay ? replayFile(desk, file, text) : exportAll(desk))
    } finally {
      await store.close()
    }
  } finally {
    await eventLog.close()
  }
})
