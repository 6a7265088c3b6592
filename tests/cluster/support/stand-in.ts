/** Runs stand-ins for other operators: each looks at its resources again and again, until the end of the tests. */
import type { TestCluster } from './cluster.ts'

const BETWEEN_LOOKS_MS = 300

export const keepLooking = (cluster: TestCluster, looks: readonly (() => Promise<void>)[]): void => {
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      for (const look of looks)
        await look().catch((error) => {
          // Somebody else has written in between, or the object is gone: the next look sees.
          if (!stopped) console.warn('stand-in:', error.message)
        })
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS))
    }
  })()
  cluster.after(async () => {
    stopped = true
    await running
  })
}
