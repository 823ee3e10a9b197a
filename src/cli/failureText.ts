import type { Failure } from '../domain/failure.js'
import { endingWithin } from '../procedures/underWay.js'
import { trail } from './bug.js'
import { canvasOf, type Door } from './door.js'
import type { LogPlace } from './ownLog.js'
import { scrub } from '../domain/scrub.js'
import { withoutDocuments } from '../domain/withoutDocuments.js'

/** Milliseconds for drawing. Its files are read first, by threads that may all hang on a disk that does not answer. */
const patience = 5_000

/** What a person reads of a failure on standard error, secrets removed; one plain line where it cannot be drawn. */
export async function failureText(
  failure: Failure,
  error: unknown,
  door: Door,
  log?: LogPlace,
): Promise<string> {
  const { kind, code } = failure
  const message = scrub(failure.message)
  try {
    const drawing = import('../report/failure.js')
    const { failureScreen } = await endingWithin(drawing, 'draw the failure', patience)
    return failureScreen(
      {
        kind,
        code,
        message,
        next: failure.next.map((line) => scrub(line)),
        ...(log && isStory(failure) ? { log } : {}),
        ...(door.verbose ? { trail: withoutDocuments(scrub(trail(error))) } : {}),
      },
      canvasOf(door, 'stderr'),
    )
  } catch {
    return `✗ ${message} (${code})`
  }
}

/** Of a run that got somewhere the log tells how far; of a wrong flag or a wrong name there is nothing more to tell. */
function isStory({ kind }: Failure): boolean {
  return ['failed', 'partial', 'integrity', 'timed-out', 'space'].includes(kind)
}
