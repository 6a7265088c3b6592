/** Whoever mends dead letters: sends what one should have been, now and then twice, differently, or to where it does not belong. */
import { deadLetter, placeOf } from '@quizboard/leaderboard-service/domain/dead-letter.ts'
import { planReplay } from '@quizboard/leaderboard-service/domain/mended-letters.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { Position } from '@quizboard/shared/ports/event-log.ts'
import type { World } from '../world.ts'

interface Delta {
  quiz_id: string
  user_id: string
  score: number
}
/** Of the record that lies at `place`. */
export type Mend = (place: Position, delta: () => Delta) => Promise<void>

export const mender = (world: World): Mend => {
  const { random, scheduler, log, plan, facts, violate } = world
  const { partitions } = plan
  const letters = () => {
    const found = log.history(TOPICS.deadLetters).map(({ value }) => deadLetter.parse(JSON.parse(value)))
    return new Map(found.map((letter) => [placeOf(letter), letter]))
  }

  return async (position, delta) => {
    const place = { topic: TOPICS.scores, ...position }
    while (!letters().has(placeOf(place))) await scheduler.sleep(500)
    let mended = delta()
    for (let left = 1 + random.int(3); left > 0; left--) {
      await scheduler.sleep(random.int(3_000))
      if (random.chance(0.3)) mended = delta()
      const { sendings, problems } = planReplay(JSON.stringify({ ...place, mended }), letters(), partitions)
      if (problems.length > 0) violate('Q3.6', `${JSON.stringify(mended)} cannot be sent: ${JSON.stringify(problems)}`)
      scheduler.trace.add(`${scheduler.now()} somebody sends ${JSON.stringify(sendings)}`)
      log.append(sendings)
      if (partitions === 1 || random.chance(0.8)) continue
      const elsewhere = (position.partition + 1) % partitions
      log.append(sendings.map((sending) => ({ ...sending, partition: elsewhere })))
      facts.garbage++
    }
  }
}
