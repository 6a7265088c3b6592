import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createShutdown } from './lifecycle.ts'
import { silentLogger } from './logger.ts'

it('[Q10.3] resources close in reverse order, one after the other, once', async () => {
  const seen: string[] = []
  const { own, shutdown } = createShutdown(silentLogger())
  for (const name of ['a', 'b', 'c'])
    own(name, async () => {
      seen.push(`${name} begins`)
      await Promise.resolve()
      seen.push(`${name} closed`)
    })
  await Promise.all([shutdown('test'), shutdown('again')])
  expect(seen).toEqual(['c begins', 'c closed', 'b begins', 'b closed', 'a begins', 'a closed'])
})
it('[Q10.3] one that fails or hangs does not keep the others open', async () => {
  const clock = createFakeClock(0)
  const seen: string[] = []
  const { own, shutdown } = createShutdown(silentLogger(), { clock, limitMs: 1_000 })
  own('first', async () => {
    seen.push('first')
  })
  own('hangs', () => new Promise(() => {}))
  own('fails', () => {
    throw new Error('at once')
  })
  const done = shutdown('test')
  await clock.advance(999)
  expect(seen).toEqual([])
  await clock.advance(1)
  await done
  expect([seen, clock.pending]).toEqual([['first'], 0])
})
it('[Q10.3] what is opened during or after the shutdown is closed too', async () => {
  const seen: string[] = []
  const { own, shutdown } = createShutdown(silentLogger())
  own('a', async () => own('during', async () => void seen.push('during')))
  await shutdown('test')
  own('after', async () => void seen.push('after'))
  await Promise.resolve()
  expect(seen).toEqual(['during', 'after'])
})
