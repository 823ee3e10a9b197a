import { defineConfig } from 'vitest/config'

/** Two files at a time: the machine that has least has two cores. */
const together = 2

const layer = (name: string, timeout: number, order: number, workers: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: Math.max(timeout, 30_000),
    maxWorkers: workers,
    sequence: { groupOrder: order },
    // Nothing is mocked and nothing is remembered, so that files can share a process.
    isolate: name !== 'unit',
    disableConsoleIntercept: true,
  },
})

/** Layer after layer. Each test of the real thing has a server of its own; faults also stop the engine, so those run alone. */
export default defineConfig({
  test: {
    projects: [
      layer('unit', 5_000, 0, together),
      layer('contract', 60_000, 1, together),
      layer('e2e', 180_000, 2, together),
      layer('faults', 300_000, 3, 1),
    ],
  },
})
