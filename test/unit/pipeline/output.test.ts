import { describe, expect, test } from 'vitest'
import { measure } from '../../../src/procedures/pipeline/baseline.js'
import { pipelineLog } from '../../../src/procedures/pipeline/output.js'

describe('the log of the pipeline', () => {
  test('gives each step the time its own line says', () => {
    const log = pipelineLog()
    expect(log.read('2026-11-21T08:53:26Z INFO Step 1/7: Data Loading', 0)).toBe('begins')
    expect(log.read('2026-11-21T08:53:27Z INFO Loaded 55500 rows', 500)).toBe('plain')
    expect(
      log.read('2026-11-21T08:53:27Z INFO Step 1/7: Data Loading finished in 0.10 s', 900),
    ).toBe('ends')
    expect(log.steps()).toEqual([{ number: 1, of: 7, title: 'Data Loading', seconds: 0.1 }])
  })

  test('measures the steps of a job that does not', () => {
    const log = pipelineLog()
    log.read('Step 1/2: Data Loading', 100)
    log.read('Step 2/2: Data Migration', 2350)
    log.end(5000, true)
    expect(log.steps()).toEqual([
      { number: 1, of: 2, title: 'Data Loading', seconds: 2.25 },
      { number: 2, of: 2, title: 'Data Migration', seconds: 2.65 },
    ])
  })

  test('gives no time to the step in which the job failed, nor where times are not known', () => {
    const log = pipelineLog()
    log.read('Step 1/2: Data Loading', Number.NaN)
    log.read('Step 2/2: Data Migration', Number.NaN)
    log.end(5000, false)
    expect(log.steps().map(({ seconds }) => seconds)).toEqual([undefined, undefined])
  })

  test('keeps the last lines for a failure', () => {
    const log = pipelineLog()
    for (let line = 1; line <= 30; line++) log.read(line.toString(), 0)
    expect(log.lastLines()).toHaveLength(20)
    expect(log.lastLines().at(-1)).toBe('30')
  })
})

test('steps are held against their baselines, and the run against its own', () => {
  const step = (title: string, seconds: number) => ({ number: 1, of: 7, title, seconds })
  const measured = measure(
    [
      step('Data Loading', 6),
      step('Data Cleaning', 9),
      step('MongoDB Connection', 99),
      step('Data Migration', 24),
      step('Integrity Verification', 5.1),
    ],
    50,
  )
  expect(measured.steps.map(({ baselineSeconds, slower }) => [baselineSeconds, slower])).toEqual([
    [5, true],
    [10, false],
    [undefined, false],
    [25, false],
    [5, true],
  ])
  expect(measured).toMatchObject({ seconds: 50, baselineSeconds: 45, slower: true })
})
