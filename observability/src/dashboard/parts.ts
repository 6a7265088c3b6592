/** What the panels of our dashboards have in common. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

/** The variable, so that one file serves every Grafana. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

/**
 * Matchers of the variables. "All" is `.*`, which also matches series without the label: a plain Prometheus knows neither namespace
 * nor instance.
 */
export const SCOPE = 'namespace=~"$namespace",app_kubernetes_io_instance=~"$platform",job=~"$job"'

/** A series in the scope of the variables. */
export const m = (name: string, matchers?: string): string =>
  `${name}{${matchers === undefined ? SCOPE : `${SCOPE},${matchers}`}}`

export const rate = (name: string, matchers?: string): string => `rate(${m(name, matchers)}[$__rate_interval])`
export const sumRate = (name: string, by: string, matchers?: string): string =>
  `sum by (${by}) (${rate(name, matchers)})`
/** `by`: labels beside `le`. */
export const quantile = (q: number, histogram: string, options: { by?: string; matchers?: string } = {}): string =>
  `histogram_quantile(${q}, sum by (${options.by ? `le, ${options.by}` : 'le'}) (${rate(`${histogram}_bucket`, options.matchers)}))`
export const orZero = (expr: string): string => `${expr} or vector(0)`

/** Units as Grafana names them. */
export type Unit = 'short' | 's' | 'percentunit' | 'bytes' | 'reqps' | 'ops' | 'cps'

export interface Query {
  expr: string
  /** With labels as `{{label}}`. */
  legend: string
}
export interface Panel {
  title: string
  /** What it shows and when to worry. */
  about: string
  unit: Unit
  queries: readonly Query[]
}

const dataquery = ({ expr, legend }: Query, i: number) =>
  new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(String.fromCharCode(65 + i))
    .expr(expr)
    .legendFormat(legend)

/** A line for each series; widths are of 24. */
export const graph = ({ title, about, unit, queries }: Panel, options: { width?: number; stacked?: boolean } = {}) => {
  const builder = new GraphBuilder()
    .title(title)
    .description(about)
    .datasource(DATASOURCE)
    .unit(unit)
    .min(0)
    .span(options.width ?? 8)
    .height(8)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(options.stacked ? 30 : 10)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .targets(queries.map(dataquery))
  return options.stacked ? builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)) : builder
}

/** One number with its course; `warn` and `bad`: from here on it is yellow, and red. */
export const number = ({ title, about, unit, queries }: Panel, limits?: { warn: number; bad: number }) => {
  const steps = [
    { value: null, color: limits ? 'green' : 'blue' },
    ...(limits
      ? [
          { value: limits.warn, color: 'yellow' },
          { value: limits.bad, color: 'red' },
        ]
      : []),
  ]
  return new StatBuilder()
    .title(title)
    .description(about)
    .datasource(DATASOURCE)
    .unit(unit)
    .span(3)
    .height(4)
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .targets(queries.map(dataquery))
}
