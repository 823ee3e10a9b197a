import type { CatalogEntry } from '../../ports/shelf.js'
import type { CatalogFacts } from './evidence.js'

/** The last trial restore of any of these backups; nothing where none was ever restored for a trial. */
export function lastTestOf(
  backups: readonly { readonly manifest: Pick<CatalogEntry['manifest'], 'id' | 'tested'> }[],
): Pick<CatalogFacts, 'lastTest'> {
  const tests = backups.flatMap(({ manifest: { id, tested } }) =>
    tested ? { id, at: tested.at, secondsPerGigabyte: tested.secondsPerGigabyte } : [],
  )
  const [lastTest] = tests.toSorted((one, other) => other.at.localeCompare(one.at))
  return lastTest ? { lastTest } : {}
}
