/** How long to wait before try number `attempt` (from 0): doubling from `baseMs` to `capMs`, spread over the upper half. */
export const backoffMs = (
  attempt: number,
  random: () => number,
  { baseMs = 500, capMs = 15_000 }: { baseMs?: number; capMs?: number } = {},
): number => {
  const whole = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))
  return Math.round(whole / 2 + (random() * whole) / 2)
}
