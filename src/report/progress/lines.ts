import type { ProgressEvent } from '../../procedures/progress.js'
import { visible } from '../format/visible.js'
import { paceFrom, type Pace } from './pace.js'
import type { Reporter, Sink } from './reporter.js'

const everyMilliseconds = 60_000

/** What the line reporter asks of time. */
export interface LineClock {
  readonly now: () => Date
  /** Milliseconds that never go back. */
  readonly elapsed: () => number
}

/**
 * For logs and cron: a line with its time for what starts, what is done and what fails, and one a minute for a step that
 * moves bytes. Nothing is ever drawn over.
 */
export function lineReporter(sink: Sink, clock: LineClock): Reporter {
  let pace: Pace = paceFrom(clock.elapsed)
  let last = 0
  const line = (word: string, text: string) => {
    const time = `${clock.now().toISOString().slice(0, 19)}Z`
    sink.write(`${time} ${word.padEnd(8)} ${visible(text)}\n`)
  }

  const tell = (event: ProgressEvent) => {
    switch (event.kind) {
      case 'planned':
        line('plan', event.title)
        break
      case 'started':
        pace = paceFrom(clock.elapsed)
        last = clock.elapsed()
        line('start', event.step)
        break
      case 'detail':
        line('detail', event.text)
        break
      case 'amount':
        if (clock.elapsed() - last < everyMilliseconds) break
        last = clock.elapsed()
        line('progress', `${event.step}  ${pace.words(event.amount)}`)
        break
      case 'done':
        line('done', `${event.step} ${(event.milliseconds / 1000).toFixed(1)}s`)
        break
      case 'failed':
        line('failed', `${event.step}: ${event.message}`)
        break
      case 'undone':
        line('undone', event.step)
        break
      case 'stuck':
        line('stuck', `${event.step} could not be undone: ${event.message}`)
        break
    }
  }
  return {
    tell,
    notice(text) {
      line('notice', text)
    },
    close: () => Promise.resolve(),
  }
}
