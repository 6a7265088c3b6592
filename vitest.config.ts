import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], timeout: number, more: { fileParallelism?: boolean } = {}) => ({
  test: {
    ...more,
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    // What is waited for comes, on a slow machine too; the default is a second.
    expect: { poll: { timeout: 60_000 } },
    exclude: ['**/node_modules/**', '**/dist/**'],
  },
})

// One project a tier; scripts/run.mjs chooses which of them a machine can run.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      project(
        'unit',
        ['apps/**/*.test.ts', 'cdk8s/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
        60_000,
      ),
      project('contract', ['apps/**/*.contract-test.ts'], 60_000),
      project('simulation', ['tests/simulation/**/*.test.ts'], 300_000),
      project('e2e', ['tests/e2e/**/*.test.ts'], 180_000),
      project('monitoring', ['tests/monitoring/**/*.test.ts'], 180_000),
      project('rules', ['tests/rules/**/*.test.ts'], 120_000),
      project('charts', ['tests/charts/**/*.test.ts'], 120_000),
      project('browser', ['tests/browser/**/*.test.ts'], 300_000),
      // One file at a time: definitions of resources belong to the whole cluster.
      project('cluster', ['tests/cluster/**/*.test.ts'], 300_000, { fileParallelism: false }),
      // One file at a time: they kill the servers that the others stand on.
      project('faults', ['tests/faults/**/*.test.ts'], 240_000, { fileParallelism: false }),
      project('servers', ['tests/servers/**/*.test.ts', 'apps/**/*.servers-test.ts'], 180_000),
    ],
  },
})
