/** The dashboard as it is delivered: what Grafana would stumble over, and what a reader would miss. */
import { expect, it } from 'vitest'
import { dashboardQueries, readDashboard } from '../support/dashboard.ts'
import { problemsOf } from './expressions.ts'

const dashboard = readDashboard()
const { panels } = dashboard

it('has a place and a schema that Grafana 11 and newer read', () => {
  expect(dashboard.uid).toBe('quizboard')
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39)
})
it('every panel has an id of its own and a place of its own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)}/${y + Math.floor(i / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
})
it('every panel says what it shows, has a unit, and its lines have names', () => {
  for (const { type, title, description, fieldConfig, targets = [] } of panels) {
    if (type === 'row') continue
    expect(description, title).toMatch(/\.$/)
    expect(fieldConfig?.defaults.unit, title).toMatch(/./)
    expect(targets.length, title).toBeGreaterThan(0)
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
    for (const { legendFormat } of targets) expect(legendFormat, title).toMatch(/./)
  }
})
it('every variable that a query names is one of the dashboard', () => {
  const known = new Set(dashboard.templating.list.map(({ name }) => name))
  expect([...known]).toEqual(['datasource', 'namespace', 'platform', 'job'])
  for (const { targets = [] } of panels)
    for (const { expr } of targets)
      for (const [, name = ''] of expr.matchAll(/\$(\w+)/g))
        expect(known.has(name) || name === '__rate_interval', expr).toBe(true)
})
it('every query asks for metrics and labels that the programs expose', () => {
  const about = dashboardQueries().filter(({ expr }) => !expr.includes('ALERTS{'))
  expect(about.length).toBeGreaterThan(50)
  for (const { expr } of about) expect(problemsOf(expr), expr).toEqual([])
})
