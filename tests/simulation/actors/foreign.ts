/** Foreign producers: deltas of the seed's three fields, well keyed or not, and events that make no sense. */
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import type { QuizPlan } from '../facts.ts'
import type { World } from '../world.ts'
import { mender } from './mender.ts'

const NONSENSE = [
  '',
  'not JSON',
  '[]',
  '{"quiz_id":"Q"}',
  '{"quiz_id":"Q","user_id":"u","score":1.5}',
  '{"revision":0}',
]

export const foreignProducer = async (
  world: World,
  quizzes: readonly QuizPlan[],
  usersOf: (quizId: string) => readonly string[],
): Promise<void> => {
  const { random, scheduler, log, plan, facts } = world
  const topic = TOPICS.scores
  const mend = mender(world)
  const mending: Promise<void>[] = []
  const delta = () => {
    const { quizId } = random.pick(quizzes)
    const stranger = `stranger${random.int(plan.strangers)}`
    const user_id = random.chance(0.7) ? random.pick([...usersOf(quizId), stranger]) : stranger
    return { quiz_id: quizId, user_id, score: random.pick([0, 1, -5, 500, -2_000, 1_000, random.int(100)]) }
  }
  for (let left = plan.foreignEvents; left > 0; left--) {
    await scheduler.sleep(random.int(plan.strangers > 3 ? 200 : 1_500))
    if (random.chance(0.15)) {
      facts.garbage++
      const places = log.append([{ topic, key: random.pick([null, 'Q']), value: random.pick(NONSENSE) }])
      if (random.chance(0.6)) mending.push(...places.map((place) => mend(place, delta)))
      continue
    }
    const event = delta()
    const { quiz_id: quizId } = event
    const value = JSON.stringify(event)
    // Its key may be missing or hashed in another way.
    const where = random.chance(0.6)
      ? { key: quizId }
      : random.chance(0.5)
        ? { key: null }
        : { key: quizId, partition: random.int(plan.partitions) }
    scheduler.trace.add(`${scheduler.now()} a foreign producer appends ${value}`)
    log.append([{ topic, value, ...where }])
  }
  await Promise.all(mending)
}
