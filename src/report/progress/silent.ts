import type { Reporter, Sink } from './reporter.js'

/** Shows nothing of the steps (`--quiet`, `--json`); what must be seen is seen all the same. */
export function silentReporter(sink: Sink): Reporter {
  return {
    tell: () => undefined,
    notice(text) {
      sink.write(`${text}\n`)
    },
    close: () => Promise.resolve(),
  }
}
