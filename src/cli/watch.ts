import { Failure } from '../domain/failure.js'
import { scrub } from '../domain/scrub.js'
import { withoutDocuments } from '../domain/withoutDocuments.js'
import type { Clock } from '../ports/clock.js'
import type { Canvas } from '../report/canvas.js'
import { canvasOf, type Door } from './door.js'

/** What is watched. */
interface Watching<Seen> {
  /** Looks once more. */
  readonly look: () => Promise<Seen>
  readonly draw: (seen: Seen, canvas: Canvas) => Promise<string>
  /** What has to change for a pipe to be told again; every look is told where it is absent. */
  readonly standing?: ((seen: Seen) => string) | undefined
  /** Milliseconds from the end of one look to the next. */
  readonly every: number
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

/**
 * Looks and draws again and again until Ctrl-C or SIGTERM, which is how it is meant to end: that is no failure. On a terminal what is
 * drawn stays in its place, and only lines that changed are written; in a pipe one picture follows another. What the first look throws
 * ends it. A later one that fails is told, with how old the picture is that is still there, and tried again. Throws `USAGE` (usage) with
 * `--json` or `--quiet`, and `TIMED_OUT` (timed-out).
 */
export async function watch<Seen>(watching: Watching<Seen>, door: Door): Promise<void> {
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
  try {
    await drawnAgain(watching, door, () => notes.splice(0).slice(-3))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    door.notice = plainNotice
  }
  const reason: unknown = signal.reason
  if (reason instanceof Failure && reason.kind === 'timed-out') throw reason
}

/** What was seen by the last look that saw something, drawn. */
interface Picture {
  readonly text: string
  readonly at: Date
  readonly standing: string | undefined
}

async function drawnAgain<Seen>(
  watching: Watching<Seen>,
  door: Door,
  notes: () => readonly string[],
): Promise<void> {
  const { look, draw, standing, every, clock } = watching
  const { signal } = door.interruption
  const picture = async (): Promise<Picture> => {
    const seen = await look()
    const text = await draw(seen, canvasOf(door, 'stdout'))
    return { text, at: clock.now(), standing: standing?.(seen) }
  }
  let last = await picture()
  const painter = await painterFor(door)
  try {
    let trouble: string | undefined
    while (!signal.aborted) {
      painter.draw(last, heading(last, watching, trouble), [
        ...notes(),
        ...(trouble === undefined ? [] : [trouble]),
      ])
      await clock.sleep(every, signal)
      trouble = undefined
      last = await picture().catch((error: unknown) => {
        trouble = `! nothing could be seen at ${timeOf(clock.now())}: ${messageOf(error)}`
        return last
      })
    }
  } finally {
    painter.end()
  }
}

/** When it was seen, in the first line: what does not fit on the screen is cut off at its end. */
function heading(
  { at }: Picture,
  { every }: Pick<Watching<unknown>, 'every'>,
  trouble: string | undefined,
): string {
  const again = `again every ${(every / 1000).toString()} s; Ctrl-C ends it`
  return trouble === undefined
    ? `  ${timeOf(at)}, ${again}`
    : `! OLD: this was seen at ${timeOf(at)}; ${again}`
}

function timeOf(moment: Date): string {
  return moment.toTimeString().slice(0, 8)
}

/** Servers and tools are quoted: no password, no document, no control character. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return withoutDocuments(scrub(message)).replaceAll(/\p{Cc}+/gu, ' ')
}

interface Painter {
  /** Draws a picture below its heading and what is to be said besides. A pipe gets it where there is something new in it. */
  draw(picture: Picture, heading: string, notes: readonly string[]): void
  end(): void
}

async function painterFor(door: Door): Promise<Painter> {
  const { stdout } = door
  if (!canvasOf(door, 'stdout').terminal) return pipePainter(stdout)
  const { clearScreen, hideCursor, redraw, screenLines, showCursor } =
    await import('../report/redraw.js')
  let shown: readonly string[] = []
  const resized = () => {
    shown = []
    stdout.write(clearScreen)
  }
  // Also where a second Ctrl-C ends the process on the spot.
  const restore = () => stdout.write(showCursor)
  process.once('exit', restore)
  stdout.on('resize', resized)
  stdout.write(hideCursor)
  return {
    draw({ text }, above, notes) {
      const { columns, rows } = stdout
      const size = { columns: columns || 80, rows: rows || 24 }
      const lines = screenLines([above, ...notes, text].join('\n'), size)
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

function pipePainter(stdout: Door['stdout']): Painter {
  let told: Picture | undefined
  return {
    draw(picture, _, notes) {
      const isNew =
        told !== picture && (picture.standing === undefined || picture.standing !== told?.standing)
      // Of a picture that stays until something changes it is to be seen since when it is so.
      const since = picture.standing === undefined ? [] : [picture.at.toISOString()]
      const parts = [...notes, ...(isNew ? [...since, picture.text] : [])]
      if (parts.length > 0) stdout.write(`${parts.join('\n')}\n\n`)
      told = picture
    },
    end: () => undefined,
  }
}
