import type { Looked } from '../../checks/doctor/evidence.js'
import { look, type Watch } from '../../checks/doctor/look.js'
import type { Compose } from '../../ports/compose.js'
import { atMost } from '../atMost.js'
import { withInstead } from '../withInstead.js'

/** Lines of each log that are looked through. */
const searched = 400

/** Logs that are read at a time: each takes a process. */
const together = 4

/** Seconds for one log. */
const patience = 10

/** Time that the engine puts before a line. */
const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z ?/

/** Logs of containers, each read once whoever wants it. */
export interface LogsOnce {
  /** The last 400 lines of a container, with the time before each. Throws the watch's reason only. */
  timed(container: string): Promise<Looked<readonly string[]>>
  /** The same compose, whose last lines are taken from what was read. */
  readonly compose: Compose
}

/** Reads logs four at a time, each with a deadline of its own, and once: two of those who look want the same. Ends with the watch. */
export function logsOnce(compose: Compose, watch: Watch): LogsOnce {
  const inTurn = atMost(together)
  const known = new Map<string, Promise<Looked<readonly string[]>>>()
  const timed = (container: string) => {
    const before = known.get(container)
    if (before) return before
    const reading = inTurn(() =>
      look(watch, patience, (signal) =>
        compose.lastLines(container, searched, { timed: true, signal }),
      ),
    )
    known.set(container, reading)
    // It may be read before anybody wants it.
    reading.catch(() => undefined)
    return reading
  }
  const lastLines: Compose['lastLines'] = async (container, count, options) => {
    if (options?.timed === true || count > searched)
      return compose.lastLines(container, count, options)
    const looked = await timed(container)
    if (looked.state === 'seen')
      return looked.facts.slice(-count).map((line) => line.replace(time, ''))
    throw new Error(looked.state === 'refused' ? looked.message : looked.because)
  }
  return { timed, compose: withInstead(compose, { lastLines }) }
}
