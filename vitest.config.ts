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

const but = (usual: ReturnType<typeof layer>, other: Readonly<Record<string, unknown>>) => ({
  test: { ...usual.test, ...other },
})

/**
 * What looks for containers and processes that any run of ops has left, which those of another file would disturb, and what
 * takes a whole disk or machine.
 */
const alone = [
  'dataFiles',
  'databaseDisk',
  'dumpKilled',
  'hungDisk',
  'oplogGaps',
  'randomKills',
  'secrets',
  'sidecarKilled',
  'sidecarRestoring',
  'together',
  'trialKilled',
].map((name) => `test/faults/${name}.test.ts`)

/** Layer after layer. Each test of the real thing has a server of its own; of the faults some run alone. */
export default defineConfig({
  test: {
    projects: [
      layer('unit', 5_000, 0, together),
      layer('contract', 60_000, 1, together),
      layer('e2e', 180_000, 2, together),
      but(layer('faults', 300_000, 3, together), { exclude: alone }),
      but(layer('faults', 300_000, 4, 1), { name: 'faults-alone', include: alone }),
    ],
  },
})
