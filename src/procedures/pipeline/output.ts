/** A step of the pipeline as its log tells of it. */
export interface PipelineStep {
  readonly number: number
  readonly of: number
  readonly title: string
  /** Absent for a step that did not end. */
  readonly seconds?: number
}

/** Follows a log line by line. */
export interface PipelineLog {
  /** What the line says of the steps; `plain` for any other line. */
  read(line: string, elapsedMilliseconds: number): 'begins' | 'ends' | 'plain'
  steps(): readonly PipelineStep[]
  /** The last lines, for a failure. */
  lastLines(): readonly string[]
}

const stepLine = /\bstep (\d{1,3}) ?(?:\/|of) ?(\d{1,3}): *(.*?)(?: finished in ([\d.]+) ?s)?\s*$/i
const keptLines = 20

/**
 * Reads lines such as `Step 1/7: Data Loading`. How long a step took is what its own line says, else the time until the
 * next step began; the last one ends with the run (`end`).
 */
export function pipelineLog(): PipelineLog & {
  end(elapsedMilliseconds: number, ok: boolean): void
} {
  const steps: { number: number; of: number; title: string; began: number; seconds?: number }[] = []
  const last: string[] = []

  const close = (elapsed: number) => {
    const open = steps.at(-1)
    const took = open ? elapsed - open.began : NaN
    // A log without times says nothing of how long a step took.
    if (open && open.seconds === undefined && Number.isFinite(took)) open.seconds = seconds(took)
  }
  return {
    read(line, elapsed) {
      last.push(line)
      if (last.length > keptLines) last.shift()
      const [, number, of, title = '', took] = stepLine.exec(line) ?? []
      if (number === undefined || of === undefined) return 'plain'
      const known = steps.find((step) => step.number === Number(number))
      if (took !== undefined) {
        if (known) known.seconds = Number(took)
        return 'ends'
      }
      if (known) return 'plain'
      close(elapsed)
      steps.push({ number: Number(number), of: Number(of), title: title.trim(), began: elapsed })
      return 'begins'
    },
    end(elapsed, ok) {
      if (ok) close(elapsed)
    },
    steps: () =>
      steps.map(({ number, of, title, seconds: took }) => ({
        number,
        of,
        title,
        ...(took === undefined ? {} : { seconds: took }),
      })),
    lastLines: () => last,
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 10) / 100
}
