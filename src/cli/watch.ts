import { Failure } from '../domain/failure.js'
import type { Clock } from '../ports/clock.js'
import type { Canvas } from '../report/canvas.js'
import { canvasOf, type Door } from './door.js'

/** What is watched. */
interface Watching {
  /** Looks once more, and draws it. */
  readonly frame: (canvas: Canvas) => Promise<string>
  /** Milliseconds from the end of one look to the next. */
  readonly every: number
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

/**
 * Draws again and again until Ctrl-C or SIGTERM, which is how it is meant to end: that is no failure. On a terminal what is drawn stays in
 * its place, and only lines that changed are written; in a pipe one picture follows another. What the first look throws
 * ends it; a later one that fails is told below the picture, and tried again. Throws `USAGE` (usage) with `--json` or `--quiet`, and
 * `TIMED_OUT` (timed-out).
 */
export async function watch(watching: Watching, door: Door): Promise<void> {
  if (door.json || door.quiet)
    throw new Failure('usage', 'USAGE', '--watch draws for a person, and never ends', [
      'ops … --json',
    ])
  const { signal } = door.interruption
  const plainNotice = door.notice
  const notes: string[] = []
  // What is said beside the picture would be drawn over.
  door.notice = (text) => {
    notes.push(text)
  }
  const painter = await painterFor(door)
  try {
    let last = await painter.first(watching)
    while (!signal.aborted) {
      painter.draw([last, ...notes.splice(0).slice(-3)].join('\n'), footer(watching))
      await watching.clock.sleep(watching.every, signal)
      last = await watching.frame(canvasOf(door, 'stdout')).catch((error: unknown) => {
        notes.push(`! ${error instanceof Error ? error.message : String(error)}`)
        return last
      })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    painter.end()
    door.notice = plainNotice
  }
  const reason: unknown = signal.reason
  if (reason instanceof Failure && reason.kind === 'timed-out') throw reason
}

function footer({ every, clock }: Watching): string {
  const time = clock.now().toTimeString().slice(0, 8)
  return `  ${time}, again every ${(every / 1000).toString()} s; Ctrl-C ends it`
}

interface Painter {
  first(watching: Watching): Promise<string>
  /** `below` is for a picture that stays in its place. */
  draw(text: string, below: string): void
  end(): void
}

async function painterFor(door: Door): Promise<Painter> {
  const { stdout } = door
  const first = ({ frame }: Watching) => frame(canvasOf(door, 'stdout'))
  if (!canvasOf(door, 'stdout').terminal) {
    return {
      first,
      draw: (text) => stdout.write(`${text}\n\n`),
      end: () => undefined,
    }
  }
  const { clearScreen, hideCursor, redraw, screenLines, showCursor } =
    await import('../report/redraw.js')
  let shown: readonly string[] = []
  const resized = () => {
    shown = []
    stdout.write(clearScreen)
  }
  // Also where a second Ctrl-C ends the process on the spot.
  const restore = () => stdout.write(showCursor)
  return {
    async first(watching) {
      const text = await first(watching)
      process.once('exit', restore)
      stdout.on('resize', resized)
      stdout.write(hideCursor)
      return text
    },
    draw(text, below) {
      const { columns, rows } = stdout
      const lines = screenLines(`${text}\n${below}`, { columns: columns || 80, rows: rows || 24 })
      stdout.write(redraw(shown, lines))
      shown = lines
    },
    end() {
      stdout.off('resize', resized)
      if (process.listeners('exit').includes(restore)) restore()
      process.off('exit', restore)
    },
  }
}
