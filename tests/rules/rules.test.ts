/** The rules by promtool, and what promtool cannot know: that nothing is untested, unexplained, or about a metric that nobody exposes. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { platformGroups } from '@quizboard/observability/rules/groups.ts'
import { describe, expect, it } from 'vitest'
import { findPromtool } from '../../scripts/lib/programs.ts'
import { namesIn, problemsOf } from './expressions.ts'
import { allRules, allTests, RULE_FILES, TEST_FILES } from './support.ts'

const run = promisify(execFile)
const promtool = (...args: string[]) => run(findPromtool() ?? 'promtool', args)

const alerts = allRules().flatMap(({ alert, ...rule }) => (alert === undefined ? [] : [{ ...rule, alert }]))
const names = alerts.map(({ alert }) => alert)

describe('promtool', () => {
  it.each(RULE_FILES)('finds nothing wrong in %s', async (file) => {
    const { stdout } = await promtool('check', 'rules', file)
    expect(stdout).toContain('SUCCESS')
  })
  it.each(TEST_FILES)('finds every alert as %s says', async (file) => {
    const { stdout } = await promtool('test', 'rules', file)
    expect(stdout).toContain('SUCCESS')
  })
})

describe.each(names)('%s', (name) => {
  const checks = allTests().map(({ alert_rule_test }) => alert_rule_test.filter(({ alertname }) => alertname === name))
  const fires = (check: { exp_alerts: unknown[] }) => check.exp_alerts.length > 0

  it('has a test in which it is silent, fires, and resolves', () => {
    const whole = checks.filter((list) => {
      const first = list.findIndex(fires)
      return first > 0 && !fires(list.at(-1) as { exp_alerts: unknown[] })
    })
    expect(whole.length).toBeGreaterThan(0)
  })
  it('has tests in which it must not fire at all', () => {
    const silent = checks.filter((list) => list.length > 0 && !list.some(fires))
    expect(silent.length).toBeGreaterThan(1)
  })
  it('has a section of its own in the handbook, and links to it', () => {
    const page = readFileSync(new URL('../../docs/operations/alerts.md', import.meta.url), 'utf8')
    const section = page.split(/^## /m).find((text) => text.startsWith(`${name}\n`)) ?? ''
    for (const part of ['**Means.**', '**Why.**', '**Look at.**', '**Do.**']) expect(section).toContain(part)
    const alert = alerts.find((each) => each.alert === name)
    expect(alert?.annotations).toMatchObject({
      runbook_url: `docs/operations/alerts.md#${name.toLowerCase()}`,
      summary: expect.stringMatching(/./),
      description: expect.stringMatching(/\.$/),
    })
    expect(['critical', 'warning']).toContain(alert?.labels?.severity)
  })
})

it('the handbook has no section of an alert that is gone', () => {
  const page = readFileSync(new URL('../../docs/operations/alerts.md', import.meta.url), 'utf8')
  const sections = [...page.matchAll(/^## (Quizboard\w+)$/gm)].map(([, name]) => name)
  expect(sections.sort()).toEqual([...names].sort())
})

it('every metric in a rule is one that a program exposes, with the labels that are asked for', () => {
  const recorded = allRules().flatMap(({ record }) => record ?? [])
  for (const { expr } of allRules()) expect(problemsOf(expr, recorded), expr).toEqual([])
})

it('rules of one platform name that platform in every series', () => {
  const matchers = 'namespace="school",app_kubernetes_io_instance="quizboard"'
  for (const { rules } of platformGroups(matchers))
    for (const { expr } of rules) {
      const bare = expr.replaceAll(/[\w:]+\{namespace="school",app_kubernetes_io_instance="quizboard"[^}]*\}/g, '')
      expect(namesIn(bare)).toEqual([])
    }
})
