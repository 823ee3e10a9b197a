import type { Reporter } from '../report/progress/reporter.js'
import { canvasOf, type Door } from './door.js'

/** Columns below which a live list is no help. */
const narrowest = 30

/** The reporter for this run: a live list for a person, lines for a log, nothing where nothing was asked for. */
export async function reporterFor(door: Door): Promise<Reporter> {
  const sink = door.stderr
  if (door.json || door.quiet) {
    const { silentReporter } = await import('../report/progress/silent.js')
    return silentReporter(sink)
  }
  const { color, terminal } = canvasOf(door, 'stderr')
  // A terminal that does not say how wide it is cannot be drawn over.
  if (terminal && sink.columns >= narrowest) {
    const { liveReporter } = await import('../report/progress/live.js')
    return liveReporter({ stream: sink, color, elapsed: () => performance.now() })
  }
  const { lineReporter } = await import('../report/progress/lines.js')
  return lineReporter(sink, { now: () => new Date(), elapsed: () => performance.now() })
}
