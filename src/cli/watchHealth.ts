import type { Health } from '../checks/health/judge.js'
import { Failure } from '../domain/failure.js'
import type { Clock } from '../ports/clock.js'
import { frame, frames } from '../report/frame.js'
import { healthScreen } from '../report/health.js'
import { canvasOf, type Door } from './door.js'

/** What is watched, and how often. */
export interface HealthWatched {
  readonly look: () => Promise<Health>
  readonly everyMilliseconds: number
  readonly clock: Clock
}

/**
 * Looks again and again until Ctrl-C or SIGTERM, which is how it is meant to end. On a terminal one screen is drawn over the one
 * before; elsewhere a screen is printed when something has changed. Resolves to what was found last, to nothing where it was told
 * to end before that. Throws what looking throws.
 */
export async function watchHealth(
  { look, everyMilliseconds, clock }: HealthWatched,
  door: Door,
): Promise<Health | undefined> {
  const { stdout } = door
  const draws = canvasOf(door, 'stdout').terminal
  let last: Health | undefined
  if (draws) stdout.write(frames.open)
  try {
    for (;;) {
      const health = await look()
      const canvas = canvasOf(door, 'stdout')
      const text = `${health.stack}, ${health.at}\n${healthScreen(health, canvas)}`
      if (draws) stdout.write(frame(text, stdout.rows || 24))
      else if (last === undefined || standing(health) !== standing(last)) stdout.write(`${text}\n`)
      last = health
      await clock.sleep(everyMilliseconds, door.interruption.signal)
    }
  } catch (error) {
    if (isMeantToEnd(error)) return last
    throw error
  } finally {
    if (draws) stdout.write(`${frames.close}\n`)
  }
}

/** What every check is, and nothing of figures that are never the same twice. */
function standing({ checks }: Health): string {
  return checks.map(({ id, severity }) => `${id}=${severity}`).join('\n')
}

function isMeantToEnd(error: unknown): boolean {
  return error instanceof Failure && ['INTERRUPTED', 'TERMINATED'].includes(error.code)
}
