import { describe, expect, test } from 'vitest'
import type { UseSample } from '../../../src/domain/samples/sample.js'
import { inParts, summaryOf } from '../../../src/domain/samples/summary.js'
import { usePoints } from '../../../src/domain/samples/use.js'

const sample = (second: number, cpuSeconds: number, changes: Partial<UseSample> = {}) => ({
  at: new Date(Date.UTC(2026, 10, 21, 13, 0, second)).toISOString(),
  project: 'healthcare',
  service: 'mongodb',
  container: 'healthcare_mongodb',
  id: 'c0ffee',
  cpuNanoseconds: cpuSeconds * 1e9,
  memoryBytes: 1e6,
  memoryLimitBytes: 0,
  ...changes,
})
const percents = (...samples: UseSample[]) => usePoints(samples).map(({ cpuPercent }) => cpuPercent)

describe('the processor between two samples', () => {
  test('is what was used of one core: two busy ones read 200', () => {
    expect(percents(sample(0, 10), sample(10, 15), sample(20, 35))).toEqual([null, 50, 200])
  })

  test('goes by when they were taken, whatever the order in the file', () => {
    expect(percents(sample(20, 35), sample(0, 10), sample(10, 15))).toEqual([null, 50, 200])
  })

  test('is not known after a restart, nor of another container of that name', () => {
    expect(percents(sample(0, 10), sample(10, 1), sample(20, 2))).toEqual([null, null, 10])
    expect(percents(sample(0, 10), sample(10, 15, { id: 'beef' }))).toEqual([null, null])
  })

  test('is not told of samples that were taken at the same time', () => {
    expect(percents(sample(0, 10), sample(0, 11))).toEqual([null, null])
  })
})

describe('a summary', () => {
  test('tells the least, the middle and the most, and nothing of nothing', () => {
    expect(summaryOf([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 })
    expect(summaryOf([])).toBeNull()
  })
})

describe('a series in parts', () => {
  const from = new Date('2026-11-21T00:00:00Z')
  const to = new Date('2026-11-21T04:00:00Z')
  const at = (hour: number, value: number) => ({
    at: new Date(from.getTime() + hour * 3_600_000).toISOString(),
    value,
  })

  test('takes the average of each, leaves out what lies outside, and knows where nothing was', () => {
    const series = [at(-1, 9), at(0, 1), at(0.5, 3), at(2.5, 7), at(4, 5), at(4.1, 9)]
    expect(inParts(series, from, to, 4)).toEqual([2, null, 7, 5])
  })
})
