import { createServer } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type ReservedPorts, reservePorts } from './ports.ts'

const reserved: ReservedPorts[] = []
const reserve = async (count: number) => {
  const made = await reservePorts(count)
  reserved.push(made)
  return made.ports
}
afterEach(() => Promise.all(reserved.splice(0).map((each) => each.release())))

it('gives each fleet ports of its own, also while nobody listens on them', async () => {
  const all = (await Promise.all([reserve(40), reserve(40), reserve(100)])).flat()
  expect(all).toHaveLength(180)
  expect(new Set(all).size).toBe(180)
})

it('gives no port that an outgoing connection may get', async () => {
  for (const port of await reserve(40)) expect(port).toBeLessThan(32_768)
})

it('gives ports that can be listened on', async () => {
  const [port] = await reserve(1)
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  await new Promise((resolve) => server.close(resolve))
})
