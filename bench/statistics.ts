/** Medians with their spread, of rounds that were run in turns. */
export interface Spread {
  median: number
  /** Of the rounds, 10 % are below and 10 % above. */
  low: number
  high: number
}

/** NaN of an empty list. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN
}

export const spread = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  low: quantile(values, 0.1),
  high: quantile(values, 0.9),
})

export const show = ({ median, low, high }: Spread, digits = 2): string =>
  `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`

/** Of each round by itself: a machine that is slower for a while is so for both. */
export const ratios = (above: readonly number[], below: readonly number[]): Spread =>
  spread(above.map((value, i) => value / (below[i] ?? Number.NaN)))
