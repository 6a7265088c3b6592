import { ConfigError } from '@quizboard/shared/kit/config.ts'
import { describe, expect, it } from 'vitest'
import { describeSettings, readSettings, unknownSettings } from './config.ts'

describe('the settings', () => {
  it('[Q10.4] all have defaults', () => {
    const settings = readSettings({})
    expect(settings).toMatchObject({ port: 8080, host: '', logLevel: 'warn', metrics: { port: 9464, anyPort: true } })
    expect(settings.quiz.settings.joins).toEqual({ ratePerS: 50, burst: 1_000 })
    expect(settings.dataDir).toMatch(/[/\\]\.quizboard$/)
  })

  it('[Q10.4] report every problem at once, with name and value, and no secret', () => {
    const read = () =>
      readSettings({
        QUIZBOARD_PORT: '99999',
        QUIZBOARD_PUBLIC_URL: 'quiz.example.org',
        QUIZBOARD_LOG_LEVEL: 'loud',
        QUIZBOARD_HOST_TOKEN: 'with a space',
        QUIZBOARD_ANSWERS_PER_S: '1.5',
      })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(/5 problems/)
    for (const part of [
      /QUIZBOARD_PORT="99999" must be/,
      /"quiz.example.org"/,
      /"loud" must be one of/,
      /HOST_TOKEN=\(hidden\)/,
      /"1.5"/,
    ])
      expect(read).toThrow(part)
  })

  it('[Q10.4] tell names that mean nothing', () => {
    expect(unknownSettings({ QUIZBOARD_PROT: '1', QUIZBOARD_PORT: '1', HOME: '/' })).toEqual(['QUIZBOARD_PROT'])
  })

  it('[Q10.4] are all described', () => {
    expect(describeSettings().split('\n').length).toBeGreaterThan(15)
  })
})
