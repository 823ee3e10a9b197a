import { defineConfig } from 'vitest/config'

const layer = (name: string, timeout: number, parallel: boolean) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: Math.max(timeout, 30_000),
    fileParallelism: parallel,
    disableConsoleIntercept: true,
  },
})

/** Layers share one engine and two cores: only the pure one runs its files side by side. */
export default defineConfig({
  test: {
    projects: [
      layer('unit', 5_000, true),
      layer('contract', 60_000, false),
      layer('e2e', 180_000, false),
      layer('faults', 300_000, false),
    ],
  },
})
