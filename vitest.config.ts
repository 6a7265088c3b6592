import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], timeout: number) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout, exclude: ['**/node_modules/**', '**/dist/**'] },
})

// One project a tier; scripts/run.mjs chooses which of them a machine can run.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project('unit', ['apps/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'], 20_000),
      project('contract', ['apps/**/*.contract-test.ts'], 60_000),
      project('simulation', ['tests/simulation/**/*.test.ts'], 300_000),
      project('e2e', ['tests/e2e/**/*.test.ts'], 180_000),
      project('browser', ['tests/browser/**/*.test.ts'], 300_000),
      project('servers', ['tests/servers/**/*.test.ts', 'apps/**/*.servers-test.ts'], 180_000),
    ],
  },
})
