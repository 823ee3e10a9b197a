import { describe, expect, test, vi } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { Deadman, DeadmanSignal } from '../../../src/ports/deadman.js'
import { watchRun, type RunWatch } from '../../../src/procedures/schedule/watchRun.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeHost } from '../../fakes/host.js'
import { fakeScheduledRuns } from '../../fakes/scheduledRuns.js'

const unreached = new Failure('environment', 'DEADMAN_UNREACHED', 'it answers 500', [])
const unreachable = new Failure('environment', 'MONGO_UNREACHABLE', 'no answer', [])

/** A switch that answers like this, call by call (`undefined`: heard), and then hears everything. */
function scene(
  answers: readonly (Error | 'hangs' | undefined)[] = [],
  more: Partial<RunWatch> = {},
) {
  const { runs, list } = fakeScheduledRuns()
  const told: [DeadmanSignal, string][] = []
  const warnings: string[] = []
  const deadman: Deadman = {
    tell(what, note, signal) {
      const answer = answers[told.length]
      told.push([what, note])
      if (answer === 'hangs')
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error)
          })
        })
      return answer ? Promise.reject(answer) : Promise.resolve()
    },
  }
  const watch: RunWatch = {
    job: 'backup',
    clock: fakeClock(),
    host: fakeHost(),
    runs,
    deadman,
    signal: new AbortController().signal,
    tries: () => 2,
    warn: (text) => warnings.push(text),
    ...more,
  }
  return { watch, told, warnings, list }
}

const done = () => Promise.resolve('taken')

test('a record on a disk that never answers holds up no job', async () => {
  vi.useFakeTimers()
  try {
    const { watch, warnings } = scene()
    const runs = { ...watch.runs, save: () => new Promise(() => undefined) } as RunWatch['runs']
    const running = watchRun(done, { ...watch, ...(runs ? { runs } : {}) })
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await running).toBe('taken')
    expect(warnings[0]).toContain('could not be recorded')
  } finally {
    vi.useRealTimers()
  }
})

describe('a scheduled run', () => {
  test('is recorded with its tries and its outcome, and the switch is told in order', async () => {
    const { watch, told, warnings, list } = scene()
    expect(await watchRun(done, watch)).toBe('taken')
    expect(told).toEqual([
      ['start', ''],
      ['success', 'exit code 0'],
    ])
    expect(list('backup')).toMatchObject([
      { job: 'backup', exitCode: 0, tries: 2, deadman: 'told', host: 'db01', pid: 4711 },
    ])
    expect(warnings).toEqual([])
  })

  test('that fails is recorded and told with its exit code and code, and fails', async () => {
    const { watch, told, list } = scene()
    await expect(watchRun(() => Promise.reject(unreachable), watch)).rejects.toBe(unreachable)
    expect(told.at(-1)).toEqual(['fail', 'exit code 13 MONGO_UNREACHABLE'])
    expect(list('backup')).toMatchObject([
      { exitCode: 13, failure: { code: 'MONGO_UNREACHABLE', message: 'no answer' } },
    ])
  })

  test('that is good but for something secondary is no success for the switch', async () => {
    const { watch, told } = scene()
    const partly = new Failure('partial', 'AFTERWARDS_FAILED', 'good, but', [])
    await expect(watchRun(() => Promise.reject(partly), watch)).rejects.toBe(partly)
    expect(told.at(-1)).toEqual(['fail', 'exit code 3 AFTERWARDS_FAILED'])
  })

  test('that ends with a bug of ops is recorded all the same', async () => {
    const { watch, list } = scene()
    await expect(watchRun(() => Promise.reject(new Error('oh')), watch)).rejects.toThrow('oh')
    expect(list('backup')).toMatchObject([{ exitCode: 1, failure: { code: 'BUG' } }])
  })

  test('is in the record while it runs', async () => {
    const { watch, list } = scene()
    await watchRun(() => {
      expect(list('backup')).toMatchObject([{ job: 'backup' }])
      expect(list('backup')[0]).not.toHaveProperty('finishedAt')
      return done()
    }, watch)
  })
})

describe("a dead man's switch", () => {
  test('that answers late is asked again', async () => {
    const { watch, told, warnings } = scene([undefined, unreached, unreached])
    await watchRun(done, watch)
    expect(told.map(([what]) => what)).toEqual(['start', 'success', 'success', 'success'])
    expect(warnings).toEqual([])
  })

  test('that is down is a warning and in the record, and the job is done', async () => {
    const { watch, warnings, list } = scene([undefined, unreached, unreached, unreached])
    expect(await watchRun(done, watch)).toBe('taken')
    expect(warnings).toEqual(['it answers 500'])
    expect(list('backup')).toMatchObject([{ exitCode: 0, deadman: 'untold' }])
  })

  test('that hangs at the start does not keep the job waiting, nor the end from being told', async () => {
    const { watch, told, warnings } = scene(['hangs'])
    expect(await watchRun(done, watch)).toBe('taken')
    expect(told.map(([what]) => what)).toEqual(['start', 'success'])
    expect(warnings).toEqual([])
  })

  test('is not asked where there is none, and nothing is recorded of a run by hand', async () => {
    const { clock, host, signal, tries, warn } = scene().watch
    expect(await watchRun(done, { job: 'backup', clock, host, signal, tries, warn })).toBe('taken')
  })
})

test('a record that cannot be written is a warning: the backup counts', async () => {
  const { watch, warnings } = scene([], {
    runs: {
      save: () => Promise.reject(new Error('disk full')),
      list: () => Promise.resolve([]),
      cutOff: () => Promise.resolve(false),
    },
  })
  expect(await watchRun(done, watch)).toBe('taken')
  expect(warnings).toEqual(
    Array.from({ length: 2 }, () => 'the scheduled run could not be recorded: disk full'),
  )
})
