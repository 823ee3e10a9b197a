import { describe, expect, test } from 'vitest'
import { judgePipeline, type PipelineSeen } from '../../../src/checks/pipeline/judge.js'
import { verdict } from '../../../src/domain/finding.js'

const seen = (changes: Partial<PipelineSeen> = {}): PipelineSeen => ({
  job: 'loader',
  state: 'succeeded',
  exitCode: 0,
  steps: [
    { title: 'Data Loading', seconds: 6, baselineSeconds: 5 },
    { title: 'Connecting', seconds: 0.1 },
    { title: 'Data Migration', seconds: 25, baselineSeconds: 25 },
  ],
  whole: { title: 'loader', seconds: 40, baselineSeconds: 45 },
  ...changes,
})
const bad = (changes: Partial<PipelineSeen>) =>
  judgePipeline(seen(changes)).filter(({ severity }) => severity !== 'ok')

describe('the last run of the pipeline', () => {
  test('is as it should be within a quarter more than its baselines', () => {
    expect(verdict(judgePipeline(seen()))).toBe('ok')
    expect(
      verdict(
        judgePipeline(seen({ whole: { title: 'loader', seconds: 56.25, baselineSeconds: 45 } })),
      ),
    ).toBe('ok')
  })

  test('is doubtful where a step took longer than that, and the step is named', () => {
    const steps = [{ title: 'Data Loading', seconds: 6.3, baselineSeconds: 5 }]
    expect(bad({ steps })).toMatchObject([
      { id: 'loader.step1', severity: 'warn', value: { seconds: 6.3, baselineSeconds: 5 } },
    ])
  })

  test('is doubtful where all of it did', () => {
    expect(bad({ whole: { title: 'loader', seconds: 57, baselineSeconds: 45 } })).toMatchObject([
      { id: 'loader.run', severity: 'warn' },
    ])
  })

  test('is not called good where a step that has a baseline was not timed', () => {
    const steps = [{ title: 'Data Loading', baselineSeconds: 5 }]
    expect(bad({ steps })).toMatchObject([{ id: 'loader.step1', severity: 'unknown' }])
    expect(verdict(judgePipeline(seen({ steps })))).toBe('warn')
  })

  test.each([
    ['failed', 1],
    ['never', null],
  ] as const)('is bad where it %s', (state, exitCode) => {
    expect(verdict(judgePipeline(seen({ state, exitCode, steps: [] })))).toBe('fail')
  })

  test('that goes on is doubtful only when it takes too long', () => {
    const running = (seconds: number) =>
      verdict(
        judgePipeline(
          seen({ state: 'running', whole: { title: 'loader', seconds, baselineSeconds: 45 } }),
        ),
      )
    expect(running(50)).toBe('ok')
    expect(running(60)).toBe('warn')
  })
})
