import { expect, it } from 'vitest'
import { ConfigError } from '../kit/config.ts'
import { readKafkaSettings } from './server-settings.ts'

const problemsOf = (env: Record<string, string>): string[] => {
  try {
    readKafkaSettings({ KAFKA_BROKERS: 'a:9092, b:9092', ...env }, 'test')
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ name, detail }) => `${name} ${detail}`)
  }
}

it('[Q10.4] takes brokers alone, and a whole login', () => {
  expect(readKafkaSettings({ KAFKA_BROKERS: 'a:9092, b:9092' }, 'test').brokers).toEqual(['a:9092', 'b:9092'])
  expect(
    problemsOf({ KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'app', KAFKA_SASL_PASSWORD: 'x' }),
  ).toEqual([])
})

it.each([
  ['KAFKA_CERT_FILE', ['KAFKA_KEY_FILE', 'KAFKA_CA_FILE']],
  ['KAFKA_KEY_FILE', ['KAFKA_CERT_FILE']],
])('[Q10.4] %s alone is not dropped: the others are asked for', (name, missing) => {
  const problems = problemsOf({ [name]: import.meta.filename })
  expect(problems).toEqual(missing.map((other) => `${other} must be set, as ${name} is`))
})

it.each([
  ['KAFKA_SASL_MECHANISM', 'plain', 'KAFKA_SASL_USERNAME'],
  ['KAFKA_SASL_USERNAME', 'app', 'KAFKA_SASL_PASSWORD'],
  ['KAFKA_SASL_PASSWORD', 'x', 'KAFKA_SASL_MECHANISM'],
])('[Q10.4] %s alone is not dropped: %s needs %s', (name, value, missing) => {
  expect(problemsOf({ [name]: value })).toEqual([`${missing} must be set, as ${name} is`])
})

it('[Q10.4] names a file that cannot be read', () => {
  expect(problemsOf({ KAFKA_CA_FILE: '/nowhere/ca.pem' })[0]).toMatch(/^KAFKA_CA_FILE cannot be read: ENOENT/)
})
