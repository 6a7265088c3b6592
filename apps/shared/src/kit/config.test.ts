import { expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError, readConfig, setting } from './config.ts'

const schema = z.object({
  QUIZBOARD_PORT: setting.int({ min: 0, max: 65_535, default: 8080 }),
  QUIZBOARD_DATA_DIR: setting.text({ default: './data' }),
  QUIZBOARD_HOST_TOKEN: setting.text({ min: 16 }),
  QUIZBOARD_PRETTY: setting.flag({ default: true }),
  QUIZBOARD_LOG_LEVEL: setting.oneOf(['info', 'debug'], { default: 'info' }),
  POSTGRES_URL: setting.url({ protocols: ['postgres', 'postgresql'] }).optional(),
})
const token = 'a-host-token-of-some-length'

const problemsOf = (env: Record<string, string>): ConfigError => {
  try {
    readConfig(schema, env)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('there was no problem')
}

it('[Q10.4] what is not set, or set to nothing, has its default', () => {
  expect(readConfig(schema, { QUIZBOARD_HOST_TOKEN: token, QUIZBOARD_PORT: '' })).toEqual({
    QUIZBOARD_PORT: 8080,
    QUIZBOARD_DATA_DIR: './data',
    QUIZBOARD_HOST_TOKEN: token,
    QUIZBOARD_PRETTY: true,
    QUIZBOARD_LOG_LEVEL: 'info',
  })
})
it('[Q10.4] values are read as their types; other variables are none of its business', () => {
  const config = readConfig(schema, {
    QUIZBOARD_HOST_TOKEN: token,
    QUIZBOARD_PORT: '0',
    QUIZBOARD_PRETTY: 'FALSE',
    QUIZBOARD_LOG_LEVEL: 'debug',
    POSTGRES_URL: 'postgres://localhost/x',
    HOME: '/root',
  })
  expect(config).toMatchObject({ QUIZBOARD_PORT: 0, QUIZBOARD_PRETTY: false, QUIZBOARD_LOG_LEVEL: 'debug' })
})
it('[Q10.4] all problems are reported together, each with name, value and what is expected', () => {
  const error = problemsOf({
    QUIZBOARD_PORT: '80.5',
    QUIZBOARD_PRETTY: 'maybe',
    QUIZBOARD_LOG_LEVEL: 'loud',
    POSTGRES_URL: 'http://user:pass@host/db',
  })
  expect(error.problems).toEqual([
    { name: 'QUIZBOARD_PORT', value: '"80.5"', detail: 'must be a whole number from 0 to 65535' },
    { name: 'QUIZBOARD_HOST_TOKEN', value: undefined, detail: 'is required' },
    { name: 'QUIZBOARD_PRETTY', value: '"maybe"', detail: 'must be true or false' },
    { name: 'QUIZBOARD_LOG_LEVEL', value: '"loud"', detail: 'must be one of "info", "debug"' },
    {
      name: 'POSTGRES_URL',
      value: '"http://user:(hidden)@host/db"',
      detail: 'must be a URL that begins with postgres:// or postgresql://',
    },
  ])
  expect(error.message.split('\n')).toHaveLength(6)
  expect(error.message).toContain('5 problems')
})
it('[Q10.4] secrets are not shown', () => {
  const error = problemsOf({ QUIZBOARD_HOST_TOKEN: 'too-short' })
  expect(error.message).toContain('QUIZBOARD_HOST_TOKEN=(hidden) must have at least 16 characters')
  expect(error.message).not.toContain('too-short')
})
it.each(['1e3', '0x10', ' 5', '65536', '-1', '99999999999999999999'])(
  '[Q10.4] "%s" is not a whole number from 0 to 65535',
  (port) => {
    expect(problemsOf({ QUIZBOARD_HOST_TOKEN: token, QUIZBOARD_PORT: port }).problems).toHaveLength(1)
  },
)
