import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { leaveAtOnce, leaveSoon, type Leaver } from '../../../src/cli/leave.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A process that writes down how it was left; `busy` is what keeps it alive. */
function leaver(busy: readonly string[], more: Partial<Leaver> = {}) {
  const log: string[] = []
  const world = { busy, stdout: { writableLength: 0 } }
  const self: Leaver = {
    stdout: world.stdout,
    exitCode: 124,
    pid: 7,
    exit: (code) => log.push(`exit ${String(code)}`),
    getActiveResourcesInfo: () => world.busy,
    kill: (pid, signal) => log.push(`kill ${pid.toString()} ${signal}`),
    removeAllListeners: (signal) => log.push(`forget ${signal}`),
    ...more,
  }
  return { log, world, self }
}

describe('a command that is through', () => {
  test('ends although a connection is open', () => {
    const { log, self } = leaver(['TCPSocketWrap', 'Timeout'])
    leaveSoon(self)
    vi.advanceTimersByTime(500)
    expect(log).toEqual(['exit 124'])
  })

  test('waits for whoever reads its output, and for calls of the system that end', () => {
    const { log, self, world } = leaver(['FSReqPromise'])
    leaveSoon(self)
    vi.advanceTimersByTime(1000)
    world.busy = []
    world.stdout.writableLength = 10
    vi.advanceTimersByTime(10_000)
    expect(log).toEqual([])
    world.stdout.writableLength = 0
    vi.advanceTimersByTime(500)
    expect(log).toEqual(['exit 124'])
  })

  test.each([
    [124, ['forget SIGKILL', 'kill 7 SIGKILL']],
    [130, ['forget SIGINT', 'kill 7 SIGINT']],
    [143, ['forget SIGTERM', 'kill 7 SIGTERM']],
  ])(
    'whose disk never answers is ended by a signal: node itself would wait for it (exit code %i)',
    (exitCode, ends) => {
      const { log, self } = leaver(['FSReqPromise'], { exitCode })
      leaveSoon(self)
      vi.advanceTimersByTime(5000)
      expect(log.slice(0, 2)).toEqual(ends)
    },
  )

  test('has its exit code where node can put another program in its place', () => {
    const started: unknown[] = []
    const { self } = leaver(['FileHandleCloseReq'], {
      execve: (...given) => started.push(given),
    })
    leaveSoon(self)
    vi.advanceTimersByTime(5000)
    expect(started[0]).toEqual(['/bin/sh', ['sh', '-c', 'exit 124'], {}])
  })
})

describe('a second Ctrl-C', () => {
  test('leaves at once', () => {
    const { log, self } = leaver([])
    leaveAtOnce(self, 130)
    expect(log).toEqual(['exit 130'])
  })

  test('waits half a second for what is being written, and no longer', () => {
    const writing = leaver(['FSReqPromise'])
    leaveAtOnce(writing.self, 130)
    vi.advanceTimersByTime(100)
    writing.world.busy = []
    vi.advanceTimersByTime(50)
    expect(writing.log).toEqual(['exit 130'])

    const hung = leaver(['FSReqPromise'])
    leaveAtOnce(hung.self, 130)
    vi.advanceTimersByTime(500)
    expect(hung.log).toEqual(['forget SIGINT', 'kill 7 SIGINT'])
  })
})
