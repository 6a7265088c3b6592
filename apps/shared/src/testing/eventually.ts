/** Waits, in real time, until `holds` gives something; `pass` lets other time go on in between. Fails after `limitMs`. */
export const eventually = async <T>(
  what: string,
  holds: () => T | undefined | false | Promise<T | undefined | false>,
  { pass, limitMs = 20_000 }: { pass?: () => Promise<void>; limitMs?: number } = {},
): Promise<T> => {
  const deadline = performance.now() + limitMs
  for (;;) {
    const value = await holds()
    if (value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
    await pass?.()
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
