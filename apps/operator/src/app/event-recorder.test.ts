import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { createSeededRandom } from '@quizboard/shared/testing/seeded-random.ts'
import { expect, it } from 'vitest'
import type { PlannedEvent } from '../domain/events.ts'
import { createEventRecorder, type EventSink } from './event-recorder.ts'

const about = (name: string) => ({
  apiVersion: 'v1',
  kind: 'QuizPlatform',
  namespace: 'school',
  name,
  uid: `uid-${name}`,
})
const event = (note: string): PlannedEvent => ({ type: 'Normal', reason: 'Ready', action: 'Reconcile', note })

const setUp = () => {
  const clock = createFakeClock(Date.parse('2026-01-01T00:00:00Z'))
  const written: string[] = []
  const sink = {
    gone: false,
    failing: false,
    async create({ name, note }: { name: string; note: string }) {
      if (sink.failing) throw new Error('away')
      written.push(`create ${note} ${name.split('.')[0]}`)
    },
    async repeat({ count }: { count: number }) {
      if (sink.gone) return false
      written.push(`repeat ${count}`)
      return true
    },
  }
  const troubles: unknown[] = []
  const recorder = createEventRecorder({
    sink: sink as EventSink,
    clock,
    random: createSeededRandom(1),
    onTrouble: (error) => troubles.push(error),
  })
  return { clock, sink, written, recorder, troubles }
}

it('the same again is counted, not written again', async () => {
  const { recorder, written } = setUp()
  for (let i = 0; i < 3; i++) recorder.record(about('a'), event('x'))
  recorder.record(about('b'), event('x'))
  recorder.record(about('a'), event('y'))
  await recorder.flush()
  expect(written).toEqual(['create x a', 'repeat 2', 'repeat 3', 'create x b', 'create y a'])
})

it('after a while, or when the first is gone, it is a new one', async () => {
  const { clock, sink, recorder, written } = setUp()
  recorder.record(about('a'), event('x'))
  await recorder.flush()
  await clock.advance(400_000)
  recorder.record(about('a'), event('x'))
  await recorder.flush()
  sink.gone = true
  recorder.record(about('a'), event('x'))
  await recorder.flush()
  expect(written).toEqual(['create x a', 'create x a', 'create x a'])
})

it('too many about one platform are dropped, and others have their own share', async () => {
  const { clock, recorder, written } = setUp()
  for (let i = 0; i < 100; i++) recorder.record(about('loud'), event(`note ${i}`))
  recorder.record(about('quiet'), event('x'))
  await recorder.flush()
  expect(written.filter((line) => line.endsWith('loud'))).toHaveLength(25)
  expect(written).toContain('create x quiet')
  await clock.advance(60_000)
  for (let i = 100; i < 110; i++) recorder.record(about('loud'), event(`note ${i}`))
  await recorder.flush()
  expect(written.filter((line) => line.endsWith('loud'))).toHaveLength(27)
})

it('one that cannot be written is lost, and the next is not', async () => {
  const { sink, recorder, written, troubles } = setUp()
  sink.failing = true
  recorder.record(about('a'), event('x'))
  await recorder.flush()
  sink.failing = false
  recorder.record(about('a'), event('x'))
  await recorder.flush()
  expect(troubles).toHaveLength(1)
  expect(written).toEqual(['create x a'])
})
