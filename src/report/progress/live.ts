import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels as Mark,
  ListrLogger,
  ProcessOutput,
  type ListrTaskWrapper,
} from 'listr2'
import type { ProgressEvent } from '../../procedures/progress.js'
import { duration } from '../format/durations.js'
import { visible } from '../format/visible.js'
import { paint, type Paint } from '../paint.js'
import { paceFrom, type Pace } from './pace.js'
import type { Reporter } from './reporter.js'

/** listr2 asks stdout whether it is a terminal; ours draws on stderr, whatever stdout is. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true as unknown as false
}

type Task = ListrTaskWrapper<unknown, typeof StderrRenderer, typeof StderrRenderer>

/** How long a notice stays below the running step. */
const noticeMilliseconds = 5000

/** How one step of the list comes to its end. */
interface Line {
  readonly title: string
  readonly details: string[]
  readonly ended: Promise<void>
  end(failed: boolean): void
  task?: Task
  /** How long it took, once it is done. */
  took?: string
}

/** What the live list is drawn with. */
export interface LiveOptions {
  readonly stream: NodeJS.WriteStream
  readonly color: boolean
  readonly elapsed: () => number
}

/**
 * A list that redraws itself: what runs shows its newest detail or how far it is, what is done shows how long it took,
 * what fails shows every detail it had told. Draws on one stream (stderr) only and leaves signals to the door.
 */
export function liveReporter({ stream, color, elapsed }: LiveOptions): Reporter {
  const lines: Line[] = []
  const after: string[] = []
  let at = -1
  let running: Promise<unknown> | undefined
  let pace: Pace = paceFrom(elapsed)

  let pinnedUntil = -1

  const show = (text: string) => {
    const task = lines[at]?.task
    if (task && elapsed() >= pinnedUntil) task.output = visible(text)
  }

  const begin = (titles: readonly string[]) => {
    lines.push(...titles.map(lineOf))
    running = listOf(lines, stream, color)
      .run()
      .catch(() => undefined) // A step's failure is told by the door, once, with what to do about it.
  }

  const tell = (event: ProgressEvent) => {
    switch (event.kind) {
      case 'planned':
        begin(event.steps)
        break
      case 'started':
        at += 1
        pace = paceFrom(elapsed)
        break
      case 'detail':
        lines[at]?.details.push(event.text)
        show(event.text)
        break
      case 'amount':
        show(pace.words(event.amount))
        break
      case 'done':
        finish(lines[at], event.milliseconds)
        break
      case 'failed':
        after.push(...(lines[at]?.details ?? []).map((text) => `    ${visible(text)}`))
        lines[at]?.end(true)
        break
      case 'undone':
        after.push(`  ↩ taken back: ${visible(event.step)}`)
        break
      case 'stuck':
        after.push(`  ✗ not taken back: ${visible(event.step)}: ${visible(event.message)}`)
        break
    }
  }

  return {
    tell,
    notice(text) {
      // Bytes that go on passing must not push it away before it is read.
      pinnedUntil = -1
      show(text)
      pinnedUntil = elapsed() + noticeMilliseconds
      if (running) after.push(text)
      else stream.write(`${text}\n`)
    },
    async close() {
      // A run that ended between two steps leaves lines that nobody will end.
      for (const line of lines.slice(Math.max(0, at))) line.end(true)
      await running
      running = undefined
      for (const text of after.splice(0)) stream.write(`${text}\n`)
    },
  }
}

function lineOf(title: string): Line {
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined
  const ended = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  ended.catch(() => undefined)
  return {
    title,
    details: [],
    ended,
    end(failed) {
      if (failed) settle?.reject(new Error(title))
      else settle?.resolve()
    },
  }
}

function finish(line: Line | undefined, milliseconds: number): void {
  if (!line) return
  line.took = duration(milliseconds / 1000)
  line.end(false)
}

/** Mark of a step to its mood. */
const moods: readonly (readonly [Mark, keyof Paint])[] = [
  [Mark.PENDING, 'warning'],
  [Mark.COMPLETED, 'good'],
  [Mark.FAILED, 'bad'],
  [Mark.COMPLETED_WITH_FAILED_SISTER_TASKS, 'faint'],
  [Mark.WAITING, 'faint'],
]

function listOf(
  lines: readonly Line[],
  stream: NodeJS.WriteStream,
  color: boolean,
): { run(): Promise<unknown> } {
  const colors = paint({ color })
  const mark =
    (mood: keyof typeof colors) =>
    (text = '') =>
      colors[mood](text)
  return new Listr(
    lines.map((line) => ({
      title: visible(line.title),
      // A quick step may have ended before listr2 comes to it: its title is set here, not where it ended.
      task: async (_: unknown, task: Task) => {
        line.task = task
        await line.ended
        if (line.took !== undefined) task.title = `${visible(line.title)}  ${line.took}`
      },
    })),
    {
      registerSignalListeners: false,
      renderer: StderrRenderer,
      rendererOptions: {
        logger: new ListrLogger<Mark>({ processOutput: new ProcessOutput(stream, stream) }),
        collapseErrors: false,
        showErrorMessage: false,
        color: Object.fromEntries(moods.map(([state, mood]) => [state, mark(mood)])),
      },
    },
  )
}
