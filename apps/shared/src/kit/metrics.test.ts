import { expect, it } from 'vitest'
import { createMetrics, createTestMetrics, renderMetrics } from './metrics.ts'

it('[Q9] the same name gives the same metric, another kind of it is refused', () => {
  const metrics = createTestMetrics()
  expect(metrics.counter('quizboard_a_total', 'a')).toBe(metrics.counter('quizboard_a_total', 'a'))
  metrics.gauge('quizboard_b', 'b')
  expect(() => metrics.histogram('quizboard_b', 'b', { buckets: [1] })).toThrow(/another kind/)
})
it.each(['requests_total', 'quizboard_requests', 'quizboard_Bad_total', 'quizboard__x_total'])(
  '[Q9] a counter is not called %s',
  (name) => {
    expect(() => createTestMetrics().counter(name, 'x')).toThrow(name)
  },
)
it('[Q9] milliseconds are no unit of a metric', () => {
  expect(() => createTestMetrics().gauge('quizboard_wait_ms', 'x')).toThrow(/seconds/)
  expect(() => createTestMetrics().gauge('quizboard_wait_total', 'x')).toThrow(/counters/)
})
it('[Q9] several registries are rendered as one, each metric one group, each sample with its service', async () => {
  const [a, b] = [createMetrics('a'), createMetrics('b')]
  for (const [metrics, value] of [
    [a, 1],
    [b, 2],
  ] as const) {
    metrics.counter('quizboard_x_total', 'x', ['kind']).inc({ kind: 'k' }, value)
    metrics.histogram('quizboard_t_seconds', 't', { buckets: [1, 2] }).observe(1.5)
  }
  const text = await renderMetrics([a.registry, b.registry])
  expect(text.match(/# TYPE quizboard_x_total counter/g)).toHaveLength(1)
  expect(text).toContain('quizboard_x_total{kind="k",service="a"} 1\nquizboard_x_total{kind="k",service="b"} 2\n')
  expect(text).toContain('quizboard_t_seconds_bucket{le="2",service="b"} 1')
  expect(text.endsWith('\n')).toBe(true)
})
