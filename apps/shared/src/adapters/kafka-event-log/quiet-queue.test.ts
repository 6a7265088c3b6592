import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { expect, it } from 'vitest'
import './quiet-queue.ts'

const createQueue = () =>
  new RequestQueue({
    ...{ maxInFlightRequests: 1, requestTimeout: 30_000, enforceRequestTimeout: false, clientId: 'test' },
    ...{ broker: 'none:1', logger: { debug: () => {} } },
  })

it('a connection without requests that wait sets no timer; one with them sends each in its turn', () => {
  const queue = createQueue()
  const sent: number[] = []
  const push = (correlationId: number) =>
    queue.push({
      entry: { correlationId, resolve: () => {} },
      expectResponse: true,
      sendRequest: () => void sent.push(correlationId),
    })
  queue.checkPendingRequests()
  expect(queue.throttleCheckTimeoutId).toBeNull()
  push(1)
  push(2)
  expect(sent).toEqual([1])
  expect(queue.throttleCheckTimeoutId).not.toBeNull()
  queue.checkPendingRequests()
  expect(sent).toEqual([1])
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 })
  expect(sent).toEqual([1, 2])
  queue.destroy()
})
