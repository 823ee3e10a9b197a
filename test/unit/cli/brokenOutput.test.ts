import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { surviveBrokenOutput } from '../../../src/cli/brokenOutput.js'

/** A process whose standard output oclif listens to. */
function leaving(exitCode?: number) {
  const written: string[] = []
  const process = Object.assign(new EventEmitter(), {
    stdout: new EventEmitter(),
    stderr: { write: (text: string) => written.push(text) },
    exitCode,
  })
  process.stdout.on('error', (error) => {
    throw error
  })
  surviveBrokenOutput(process)
  const breaks = (code: string) =>
    process.stdout.emit('error', Object.assign(new Error(`${code}: it does not go`), { code }))
  return { process, written, breaks }
}

describe('a standard output that takes no more', () => {
  test('is told once, without a stack, and success becomes partial at the very end', () => {
    const { process, written, breaks } = leaving()
    breaks('ENOSPC')
    breaks('ENOSPC')
    expect(written).toEqual([
      expect.stringMatching(
        /^✗ .*result is lost.*ENOSPC.*\n {2}Code {2}RESULT_UNWRITTEN \(exit 3\)\n$/,
      ),
    ])
    process.exitCode = 0
    process.emit('exit')
    expect(process.exitCode).toBe(3)
  })

  test('does not hide that the command failed', () => {
    const { process, breaks } = leaving(12)
    breaks('EIO')
    process.emit('exit')
    expect(process.exitCode).toBe(12)
  })

  test('is no error where the reader has had enough', () => {
    const { process, written, breaks } = leaving()
    breaks('EPIPE')
    process.emit('exit')
    expect(process.exitCode).toBe(undefined)
    expect(written).toEqual([])
  })
})
