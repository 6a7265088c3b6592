import { createMemoryEventLog } from '@quizboard/shared/adapters/memory-event-log.ts'
import type { ScoreEvent } from '@quizboard/shared/contracts/events.ts'
import { TOPICS } from '@quizboard/shared/contracts/events.ts'
import { silentLogger } from '@quizboard/shared/kit/logger.ts'
import { type AppendRecord, type EventLog, RecordRefused } from '@quizboard/shared/ports/event-log.ts'
import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { createMemoryAnswerStore } from '../adapters/memory-answer-store.ts'
import { newPlayer } from '../domain/player.ts'
import type { AnswerStore } from '../ports/answer-store.ts'
import { T0 } from '../testing/samples.ts'
import { createOutboxRelay } from './outbox-relay.ts'

const event = (user_id: string, revision: number): ScoreEvent => ({
  quiz_id: `quiz of ${user_id}`,
  user_id,
  score: 1,
  total: revision,
  seq: revision,
  revision,
  answered_at: '2026-03-01T12:00:00.000Z',
})
const store = async (target: AnswerStore, events: readonly ScoreEvent[], at = T0) => {
  for (const each of events) {
    const record = { ...newPlayer(each.quiz_id, each.user_id), version: each.revision, revision: each.revision }
    await target.commit([{ record, expected_version: each.revision - 1, answers: [], results: [], events: [each], at }])
  }
}
const start = (append?: (records: readonly AppendRecord[]) => Promise<void>) => {
  const clock = createFakeClock(T0)
  const answers = createMemoryAnswerStore()
  const memory = createMemoryEventLog({ partitions: 3, clock })
  const appends: AppendRecord[][] = []
  const eventLog: EventLog = {
    ...memory,
    async append(records) {
      await append?.(records)
      appends.push([...records])
      return memory.append(records)
    },
  }
  let refusals = 0
  const relay = createOutboxRelay({
    store: answers,
    eventLog,
    clock,
    logger: silentLogger(),
    batch: 4,
    others: () => [],
    onRefused: () => refusals++,
  })
  const sent = () => appends.flat().map(({ value }) => JSON.parse(value) as ScoreEvent)
  return { clock, answers, relay, appends, sent, refusals: () => refusals }
}

it('[Q3.4] sends what is pushed in one append, keyed by its quiz, and then forgets the rows', async () => {
  const { answers, relay, appends } = start()
  const events = [event('anna', 1), event('ben', 1), event('anna', 2)]
  await store(answers, events)
  relay.push(events)
  await relay.idle()
  expect(appends).toEqual([
    events.map((each) => ({ topic: TOPICS.scores, key: each.quiz_id, value: JSON.stringify(each) })),
  ])
  expect(await answers.outbox(9)).toEqual([])
})

it('[Q3.4] what is pushed during an append is the next one, in order and in batches', async () => {
  const { relay, appends, sent } = start()
  const events = Array.from({ length: 10 }, (_, i) => event('anna', i + 1))
  relay.push(events.slice(0, 1))
  for (const each of events.slice(1)) relay.push([each])
  await relay.idle()
  expect(appends.map((each) => each.length)).toEqual([1, 4, 4, 1])
  expect(sent().map(({ revision }) => revision)).toEqual(events.map(({ revision }) => revision))
})

it('[Q3.4] a sweep sends what a crash left, all of it, oldest first', async () => {
  const { answers, relay, sent } = start()
  const events = Array.from({ length: 9 }, (_, i) => event('anna', i + 1))
  await store(answers, events)
  await relay.sweep(0)
  expect(sent()).toEqual(events)
  expect(await answers.outbox(9)).toEqual([])
})

it('a sweep leaves rows alone that were just committed: their push is on its way', async () => {
  const { answers, relay, sent, clock } = start()
  await store(answers, [event('anna', 1)], T0)
  await clock.advance(1_000)
  await store(answers, [event('ben', 1)], clock.now())
  await relay.sweep(1_000)
  expect(sent().map(({ user_id }) => user_id)).toEqual(['anna'])
})

it('[Q3.4] what the log refuses stays in the outbox, and a later sweep sends it', async () => {
  let down = true
  const { answers, relay, sent } = start(async () => {
    if (down) throw new Error('the log is gone')
  })
  const events = [event('anna', 1), event('ben', 1)]
  await store(answers, events)
  relay.push(events)
  await relay.idle()
  await relay.sweep(0)
  expect(await answers.outbox(9)).toHaveLength(2)
  down = false
  await relay.sweep(0)
  expect(sent()).toEqual(events)
  expect(await answers.outbox(9)).toEqual([])
})

it('[Q3.4] rows that cannot be deleted are sent again, never lost', async () => {
  const { answers, relay, sent } = start()
  const { deleteOutbox } = answers
  answers.deleteOutbox = async () => {
    throw new Error('not now')
  }
  await store(answers, [event('anna', 1)])
  relay.push([event('anna', 1)])
  await relay.idle()
  answers.deleteOutbox = deleteOutbox
  await relay.sweep(0)
  expect(sent()).toHaveLength(2)
  expect(await answers.outbox(9)).toEqual([])
})

it('[Q3.5] an event that the log will never take does not hold up the others', async () => {
  const { answers, relay, sent, refusals } = start(async (records) => {
    const index = records.findIndex(({ value }) => value.includes('"ben"'))
    if (index >= 0) throw new RecordRefused(TOPICS.scores, index, 'it is too large')
  })
  const events = ['anna', 'ben', 'cleo'].map((user) => event(user, 1))
  await store(answers, events)
  relay.push(events)
  await relay.idle()
  expect(sent().map(({ user_id }) => user_id)).toEqual(['anna', 'cleo'])
  expect(await answers.outbox(9)).toEqual([])
  expect(refusals()).toBe(1)
})
