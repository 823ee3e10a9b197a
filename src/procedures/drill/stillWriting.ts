import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { Writing } from '../../ports/numberedWrites.js'

/** Milliseconds after which the newest confirmed write is none of a moment ago. */
const momentAgo = 2_000

/** Milliseconds that a server under load gets to confirm another one. */
const patience = 10_000

const betweenLooks = 100

/**
 * Resolves once a write was confirmed a moment ago. A disaster that comes after the writes had ended would find nothing that it could
 * take, and the drill would promise that nothing is lost. Throws `DRILL_WRITES_STOPPED` (failed).
 */
export async function stillWriting(
  writing: Pick<Writing, 'newest'>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.elapsed() + patience
  for (;;) {
    const age = clock.now().getTime() - writing.newest().at
    if (age <= momentAgo) return
    if (clock.elapsed() >= until) throw writesStopped(writing.newest().number, age)
    await clock.sleep(betweenLooks, signal)
  }
}

function writesStopped(number: number, age: number): Failure {
  return new Failure(
    'failed',
    'DRILL_WRITES_STOPPED',
    `the clone confirmed no write for ${Math.round(age / 1000).toString()} s before the disaster (the last was number ${number.toString()}): what it takes cannot be measured`,
    ['ops doctor', 'free -m', 'df -h'],
  )
}
