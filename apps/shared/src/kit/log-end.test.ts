import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createLogEnd } from './log-end.ts'

const world = () => {
  const clock = createFakeClock(0)
  const errors: unknown[] = []
  const log = { state: 'there' as 'there' | 'away' | 'silent', looks: 0 }
  const end = createLogEnd({
    clock,
    onError: (error) => errors.push(error),
    async readToEnd() {
      log.looks++
      if (log.state === 'away') throw new Error('no broker')
      if (log.state === 'silent') await clock.sleep(60_000)
    },
  })
  const ask = async (work: Promise<boolean>, ms = 1_000) => {
    await clock.advance(ms)
    return work
  }
  return { clock, errors, log, end, ask }
}

it('a log that can be read is whole', async () => {
  const { end, log, ask } = world()
  expect(await ask(end.reach(1_000))).toBe(true)
  expect(await ask(end.isWhole(1_000))).toBe(true)
  expect(log.looks).toBe(2)
})

it.each(['away', 'silent'] as const)(
  '[Q9.6] while it is %s, and for a while after, nobody can tell what is not known',
  async (state) => {
    const { end, clock, log, ask } = world()
    log.state = state
    expect(await ask(end.reach(1_000))).toBe(false)
    log.state = 'there'
    await clock.advance(60_000)
    expect(await ask(end.isWhole(1_000))).toBe(true)
    log.state = state
    expect(await ask(end.isWhole(1_000))).toBe(false)
    // A look that is silent is under way until it ends.
    log.state = 'there'
    await clock.advance(state === 'silent' ? 58_000 : 0)
    expect(await ask(end.isWhole(2_000), 2_000)).toBe(state === 'silent')
    expect(await ask(end.reach(1_000))).toBe(true)
    await clock.advance(8_000)
    expect(await ask(end.isWhole(1_000))).toBe(true)
  },
)

it('says what failed, and asks once for many', async () => {
  const { end, errors, log, ask } = world()
  log.state = 'away'
  await ask(Promise.all([end.reach(1_000), end.reach(1_000), end.reach(1_000)]).then(() => true))
  expect(errors.map(String)).toContain('Error: no broker')
  expect(log.looks).toBe(2)
})
