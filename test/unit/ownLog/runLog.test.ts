import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import type { LogEntry } from '../../../src/domain/ownLog/entry.js'
import type { LogLevel } from '../../../src/domain/ownLog/level.js'
import type { Lines } from '../../../src/ports/lines.js'
import { endLog } from '../../../src/cli/openLog.js'
import { RunLog } from '../../../src/cli/ownLog.js'
import { stepLog } from '../../../src/cli/stepLog.js'
import { fakeLines } from '../../fakes/lines.js'

function scene(level: LogLevel = 'info') {
  const lines = fakeLines()
  const log = new RunLog({
    run: 'r1',
    command: 'backup',
    now: () => new Date('2026-11-22T17:00:00.000Z'),
  })
  const open = (to: Lines = lines) => {
    log.open('/var/log/ops/ops.log', to, level)
  }
  const entries = async () => {
    await log.written()
    return lines.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogEntry)
  }
  return { lines, log, open, entries }
}

describe('the log of a run', () => {
  test('keeps what is noted before its folder is known, in order', async () => {
    const { log, open, entries } = scene()
    log.note('info', 'start', { pid: 7 })
    open()
    log.note('warn', 'warning', { message: 'late' })
    expect(await entries()).toEqual([
      {
        time: '2026-11-22T17:00:00.000Z',
        level: 'info',
        run: 'r1',
        command: 'backup',
        event: 'start',
        pid: 7,
      },
      expect.objectContaining({ level: 'warn', message: 'late' }),
    ])
  })

  test('tells where its entries are, once that is known', () => {
    const { log, open } = scene()
    expect(log.place).toBeUndefined()
    open()
    expect(log.place).toEqual({ file: '/var/log/ops/ops.log', run: 'r1' })
  })

  test('writes only what is as bad as was asked for', async () => {
    const { log, open, entries } = scene('warn')
    open()
    log.note('debug', 'step started')
    log.note('info', 'step done')
    log.note('error', 'step failed')
    expect((await entries()).map(({ event }) => event)).toEqual(['step failed'])
  })

  test('gives up what a full disk refuses, says so, and goes on when there is room', async () => {
    const { lines, log, open, entries } = scene()
    lines.refuse = new Error('ENOSPC')
    open()
    log.note('info', 'lost')
    await log.written()
    expect(log.trouble).toBe('ENOSPC')
    expect(log.place).toBeUndefined()
    lines.refuse = undefined
    log.note('info', 'kept')
    expect((await entries()).map(({ event }) => event)).toEqual(['kept'])
  })

  test('does not grow while its disk hangs', async () => {
    const { lines, log, open, entries } = scene()
    let answer: () => void = () => undefined
    const hangs = new Promise<void>((resolve) => (answer = resolve))
    open({ ...lines, add: (text) => hangs.then(() => lines.add(text)) })
    for (let at = 0; at < 5_000; at += 1) log.note('info', `event ${at.toString()}`)
    answer()
    const kept = await entries()
    // The one under way, and those that wait.
    expect(kept.length).toBe(1_001)
    expect(kept.at(-1)?.event).toBe('event 4999')
  })

  test('tells the end once', async () => {
    const { log, open, entries } = scene()
    open()
    const failure = new Failure('failed', 'PIPELINE_FAILED', 'it said: no room for Ada', [], {
      quotes: 'no room for Ada',
    })
    endLog(log, failure.exitCode, 12.4, failure)
    endLog(log, 0, 13)
    expect(await entries()).toEqual([
      expect.objectContaining({
        level: 'error',
        event: 'end',
        exitCode: 1,
        milliseconds: 12,
        code: 'PIPELINE_FAILED',
        message: 'it said: …',
      }),
    ])
  })

  test.each([
    [0, 'info'],
    [3, 'warn'],
    [4, 'warn'],
    [5, 'error'],
    [130, 'error'],
  ])('calls an end with exit code %i %s', async (exitCode, level) => {
    const { log, open, entries } = scene('debug')
    open()
    endLog(log, exitCode, 1)
    expect(await entries()).toMatchObject([{ level, exitCode }])
  })
})

test('steps are noted with their target and how long they took, without what tools said', async () => {
  const { log, open, entries } = scene('debug')
  open()
  const note = stepLog({ target: 'medical', title: 'back up medical' }, log)
  note({ kind: 'planned', title: 'back up medical', steps: ['Dump'] })
  note({ kind: 'started', step: 'Dump' })
  note({ kind: 'detail', step: 'Dump', text: 'Ada Lovelace' })
  note({ kind: 'amount', step: 'Dump', amount: { bytes: 1 } })
  note({ kind: 'done', step: 'Dump', milliseconds: 1234.5 })
  note({ kind: 'failed', step: 'Copy', message: 'Ada Lovelace' })
  note({ kind: 'undone', step: 'Copy' })
  note({ kind: 'stuck', step: 'Copy', message: 'Ada Lovelace' })
  note({ kind: 'through', receipt: '20261122-1' })
  const noted = await entries()
  expect(noted.map(({ level, event }) => `${level} ${event}`)).toEqual([
    'info plan',
    'debug step started',
    'info step done',
    'error step failed',
    'warn step undone',
    'error step not undone',
    'info plan done',
  ])
  expect(noted.every(({ target }) => target === 'medical')).toBe(true)
  expect(noted[2]).toMatchObject({ step: 'Dump', milliseconds: 1235 })
  expect(noted.at(-1)).toMatchObject({ receipt: '20261122-1' })
  expect(JSON.stringify(noted)).not.toContain('Ada')
})
