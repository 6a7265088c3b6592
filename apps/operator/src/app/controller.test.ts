import { createFakeClock } from '@quizboard/shared/testing/fake-clock.ts'
import { expect, it } from 'vitest'
import { startController } from './controller.ts'
import type { Outcome } from './reconcile.ts'
import { createWorkQueue } from './work-queue.ts'

const setUp = (reconcile: (key: string) => Promise<Outcome>, workers = 2) => {
  const clock = createFakeClock(0)
  const queue = createWorkQueue({ clock, limits: { firstMs: 100 } })
  const results: string[] = []
  const controller = startController({
    ...{ queue, reconcile, workers, clock },
    observer: { working: () => {}, reconciled: (result) => results.push(result), failed: () => {} },
  })
  return { clock, queue, results, controller }
}

it('what succeeds is done; what wants to be looked at again comes again', async () => {
  const outcomes = [{ requeueMs: 500 }, { requeueMs: 0 }, { requeueMs: undefined }]
  const { clock, queue, results, controller } = setUp(async () => outcomes.shift() ?? { requeueMs: undefined })
  queue.add('a/b')
  await clock.advance(10)
  expect(results).toEqual(['requeue_after'])
  await clock.advance(10_000)
  expect(results).toEqual(['requeue_after', 'requeue', 'success'])
  await controller.stop()
})

it('what fails is tried again later, and a failure stops no worker', async () => {
  let failures = 3
  const { clock, queue, results, controller } = setUp(async () => {
    if (failures-- > 0) throw new Error('no')
    return { requeueMs: undefined }
  }, 1)
  queue.add('a/b')
  await clock.advance(10_000)
  expect(results).toEqual(['error', 'error', 'error', 'success'])
  await controller.stop()
})

it('stopping waits for what is worked on, and takes nothing more', async () => {
  const gate = Promise.withResolvers<Outcome>()
  const seen: string[] = []
  const { clock, queue, controller } = setUp((key) => {
    seen.push(key)
    return gate.promise
  }, 1)
  queue.add('a')
  queue.add('b')
  await clock.advance(1)
  let stopped = false
  const stopping = controller.stop().then(() => {
    stopped = true
  })
  await clock.advance(1)
  expect(stopped).toBe(false)
  gate.resolve({ requeueMs: undefined })
  await stopping
  expect(seen).toEqual(['a'])
})
