import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { readOperatorSettings } from './config.ts'

let folder: string | undefined
const rulesFile = (text: string) => {
  folder = mkdtempSync(join(tmpdir(), 'quizboard-rules-'))
  const path = join(folder, 'rules.json')
  writeFileSync(path, text)
  return { QUIZBOARD_RULES_FILE: path }
}
afterEach(() => {
  if (folder) rmSync(folder, { recursive: true })
  folder = undefined
})

it('everything has a default', () => {
  expect(readOperatorSettings({})).toMatchObject({
    watchNamespaces: [],
    version: '0.1.0',
    ruleGroups: undefined,
    workers: 2,
    leaderElection: true,
    leaseName: 'quizboard-operator',
  })
})

it('namespaces are separated by commas', () => {
  expect(readOperatorSettings({ WATCH_NAMESPACES: 'a, b,,c' }).watchNamespaces).toEqual(['a', 'b', 'c'])
})

it.each([
  [{ WATCH_NAMESPACES: 'a;b' }, 'WATCH_NAMESPACES="a;b" must be names of namespaces'],
  [{ QUIZBOARD_WORKERS: '0' }, 'QUIZBOARD_WORKERS="0" must be a whole number from 1 to 50'],
  [{ POD_NAMESPACE: 'Not_One' }, 'POD_NAMESPACE="Not_One" must be lower case letters'],
  [{ QUIZBOARD_RULES_FILE: '/nowhere/rules.json' }, 'QUIZBOARD_RULES_FILE=/nowhere/rules.json cannot be read'],
])('%j is refused with the name and the value', (env, message) => {
  expect(() => readOperatorSettings(env)).toThrow(message)
})

it('rules come from a file', () => {
  const groups = [{ name: 'g', rules: [{ alert: 'Down', expr: 'up == 0', for: '5m', labels: { severity: 'page' } }] }]
  expect(readOperatorSettings(rulesFile(JSON.stringify({ groups }))).ruleGroups).toEqual(groups)
})

it.each([
  ['{', 'cannot be read'],
  ['{"groups":[{"name":"g","rules":[{"alert":"x"}]}]}', 'groups.0.rules.0.expr is required'],
])('a file of rules that is none is refused: %s', (text, message) => {
  expect(() => readOperatorSettings(rulesFile(text))).toThrow(message)
})
