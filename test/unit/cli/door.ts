import { PassThrough } from 'node:stream'
import type { Door } from '../../../src/cli/door.js'

/** A door without a terminal, whose streams are kept as text. `stopWith` interrupts it. */
export function fakeDoor(changes: Partial<Door> = {}) {
  const controller = new AbortController()
  const written = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => {
    const through = Object.assign(new PassThrough(), { isTTY: false, columns: 0 })
    through.on('data', (chunk: Buffer) => (written[name] += chunk.toString()))
    return through as unknown as NodeJS.WriteStream
  }
  const door: Door = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.ReadStream,
    env: {},
    interruption: {
      signal: controller.signal,
      limit: () => undefined,
      stop: (reason) => {
        controller.abort(reason)
      },
      end: () => undefined,
    },
    warnings: [],
    notice: (text) => (written.stderr += `${text}\n`),
    json: false,
    quiet: false,
    verbose: false,
    noColor: false,
    noInput: false,
    log: { note: () => undefined },
    ...changes,
  }
  return {
    door,
    written,
    stopWith: (reason: Error) => {
      controller.abort(reason)
    },
  }
}
