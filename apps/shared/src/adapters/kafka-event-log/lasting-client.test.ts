import { expect, it } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { createLastingClient, NoReply } from './lasting-client.ts'

const world = () => {
  const clock = createFakeClock(0)
  const made: { id: number; isOpen: boolean; connect(): Promise<void>; disconnect(): Promise<void> }[] = []
  const lasting = createLastingClient({
    ...{ clock, limitMs: 1_000 },
    make() {
      const client = {
        id: made.length,
        isOpen: false,
        async connect() {
          client.isOpen = true
        },
        async disconnect() {
          client.isOpen = false
        },
      }
      made.push(client)
      return client
    },
    isOurs: (error) => error instanceof RangeError,
  })
  const id = () => lasting.use(async (client) => client.id)
  return { clock, made, lasting, id }
}

it('[Q9.3] one that does not answer in time makes room for another', async () => {
  const { clock, made, lasting, id } = world()
  expect([await id(), await id()]).toEqual([0, 0])
  const silent = expect(lasting.use(() => new Promise<never>(() => {}))).rejects.toBeInstanceOf(NoReply)
  await clock.advance(1_000)
  await silent
  expect(await id()).toBe(1)
  expect(made.map(({ isOpen }) => isOpen)).toEqual([false, true])
})

it('[Q9.3] one that trips makes room for another; one that says what is wrong with the call does not', async () => {
  const { lasting, id } = world()
  await expect(lasting.use(() => Promise.reject(new RangeError('too large')))).rejects.toThrow('too large')
  expect(await id()).toBe(0)
  await expect(lasting.use(() => Promise.reject(new TypeError('null')))).rejects.toThrow('null')
  expect(await id()).toBe(1)
})

it('closes the one that there is', async () => {
  const { made, lasting, id } = world()
  await lasting.close()
  await id()
  await lasting.close()
  expect(made.map(({ isOpen }) => isOpen)).toEqual([false])
})
