import type { Canvas } from '../report/canvas.js'
import type { Interruption } from './interruption.js'
import type { OwnLog } from './ownLog.js'
import { canRedraw, wantsColor } from './terminal.js'

/** How one command talks to whoever started it: its streams, what it was asked to say and not to say. */
export interface Door {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly stdin: NodeJS.ReadStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly interruption: Interruption
  /** Every warning so far, for the envelope. */
  readonly warnings: string[]
  /** Says something on standard error at once; a reporter that draws there takes its place while it does. */
  notice: (text: string) => void
  json: boolean
  quiet: boolean
  verbose: boolean
  noColor: boolean
  noInput: boolean
  /** What ops writes down of its own doings. */
  readonly log: OwnLog
}

/** A warning: into the envelope, and for a person on standard error at once. */
export function warn(door: Door, text: string): void {
  door.warnings.push(text)
  door.log.note('warn', 'warning', { message: text })
  if (!door.json) door.notice(`! ${text}`)
}

/** What text for a stream is drawn on. */
export function canvasOf(door: Door, stream: 'stdout' | 'stderr'): Canvas {
  const terminal = door[stream].isTTY
  return {
    color: wantsColor(terminal, door.noColor, door.env),
    terminal: canRedraw(terminal, door.env),
    columns: door[stream].columns || 80,
    now: new Date(),
  }
}

/**
 * The promise, or the reason for stopping, whichever comes first. For what only reads: nothing is cleaned up, what is
 * under way is left to itself.
 */
export async function patiently<Answer>(door: Door, promise: Promise<Answer>): Promise<Answer> {
  const { signal } = door.interruption
  signal.throwIfAborted()
  return new Promise<Answer>((resolve, reject) => {
    const stop = () => {
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop)
    })
  })
}
