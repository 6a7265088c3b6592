import { expect, it } from 'vitest'
import { createLogger } from './logger.ts'

const capture = (options: { pretty?: boolean; level?: 'info' | 'debug' } = {}) => {
  const lines: string[] = []
  const logger = createLogger({
    name: 'test',
    level: options.level ?? 'info',
    pretty: options.pretty ?? false,
    destination: { write: (line: string) => lines.push(line) },
  })
  return { logger, lines }
}

it('[Q9] a log line is one JSON object with level, time and name; lower levels are left out', () => {
  const { logger, lines } = capture()
  logger.debug('not this')
  logger.info({ quiz_id: 'Q', n: 1 }, 'opened')
  expect(lines).toHaveLength(1)
  const record = JSON.parse(lines[0] ?? '')
  expect(record).toMatchObject({ level: 'info', name: 'test', msg: 'opened', quiz_id: 'Q', n: 1 })
  expect(record.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})
it('[Q7.5] tokens, passwords and keys are hidden', () => {
  const { logger, lines } = capture()
  logger.info({ token: 'tell-1', headers: { authorization: 'tell-2' }, a: { b: { password: 'tell-3' } } }, 'x')
  expect(lines.join('')).not.toContain('tell-')
  expect(lines.join('')).toContain('[hidden]')
})
it('[Q9] pretty lines are for people, with the stack of an error', () => {
  const { logger, lines } = capture({ pretty: true })
  logger.warn({ port: 8080, err: new Error('broken') }, 'port is taken')
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}test {2}port is taken {2}port=8080\n {4}Error: broken\n {4}/)
})
