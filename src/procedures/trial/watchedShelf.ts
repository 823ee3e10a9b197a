import type { Shelf } from '../../ports/shelf.js'
import type { StepContext } from '../plan.js'

/** The same shelf, whose files are read under the eyes of a step: it tells how far the reading is, and it can be ended. */
export function watchedShelf(
  shelf: Shelf,
  expected: number,
  { signal, amount }: Pick<StepContext, 'signal' | 'amount'>,
): Shelf {
  const watched = Object.create(shelf) as { read: Shelf['read'] }
  watched.read = async function* (path) {
    let bytes = 0
    for await (const chunk of shelf.read(path)) {
      signal.throwIfAborted()
      bytes += chunk.length
      amount({ bytes, expected })
      yield chunk
    }
  }
  return watched as Shelf
}
