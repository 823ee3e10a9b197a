import type { ConfirmedWrite } from '../../domain/lostWrites.js'

/** Milliseconds between two writes: what a ward does, not what the server can bear. */
const pause = 10

/**
 * Writes one number after the other, from the one after the last of `done` on, and adds to that what was confirmed, until it is not
 * wanted any more. What was not confirmed may be there or not: the same number is tried again until it is, so that never more
 * than one is in doubt.
 */
export async function oneByOne(
  write: (number: number, again: boolean) => Promise<ConfirmedWrite>,
  done: ConfirmedWrite[],
  wanted: AbortSignal,
): Promise<void> {
  let number = (done.at(-1)?.number ?? 0) + 1
  let again = false
  while (!wanted.aborted) {
    const tried: Promise<ConfirmedWrite | undefined> = write(number, again)
    const confirmed = await tried.catch(() => undefined)
    again = confirmed === undefined
    if (confirmed) {
      done.push(confirmed)
      number += 1
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}
