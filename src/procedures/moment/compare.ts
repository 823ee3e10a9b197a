import type { SplicedState } from '../../archive/splice.js'
import {
  catalogueDifferences,
  type Catalogue,
  type CatalogueDifference,
  type CatalogueEntry,
} from '../../domain/catalogue.js'
import type { LiveNamespace } from '../../ports/mongo.js'

/** One namespace after a restore to a moment. */
export interface ComparedMoment {
  readonly documents: number
  /** As many as can be right. */
  readonly expected: number
}

/** What came back, and everything that is not as it was. */
export interface MomentComparison {
  readonly collections: Readonly<Record<string, ComparedMoment>>
  readonly problems: readonly string[]
  /** Differences that are as they should be, and worth a word. */
  readonly notes: readonly string[]
}

/**
 * Holds a server against what it was to be like: every collection, view and time-series with its options and indexes, and
 * the number of documents. What expires the server removes by itself, and what a capped collection let go of is in no
 * oplog: of those there may be fewer.
 */
export function compareMoment(
  { catalogue, documents }: Pick<SplicedState, 'catalogue' | 'documents'>,
  found: Catalogue,
  live: readonly LiveNamespace[],
): MomentComparison {
  const problems = catalogueDifferences(catalogue, found).map(inWords)
  const notes: string[] = []
  const collections: Record<string, ComparedMoment> = {}
  const counts = new Map(
    live.map((each) => [`${each.database}.${each.collection}`, each.documents]),
  )
  for (const [name, { least, most }] of Object.entries(documents)) {
    const count = counts.get(name)
    // That it is missing is told above.
    if (count === undefined) continue
    collections[name] = { documents: count, expected: most }
    const range = least === most ? most.toString() : `${least.toString()} to ${most.toString()}`
    const says = `${name} has ${count.toString()} documents instead of ${range}`
    if (count > most) problems.push(says)
    else if (count < least) (mayBeFewer(catalogue[name]) ? notes : problems).push(says)
  }
  return { collections, problems, notes }
}

function mayBeFewer(entry: CatalogueEntry | undefined): boolean {
  const { options = {}, indexes = [] } = entry ?? {}
  const expires =
    'expireAfterSeconds' in options ||
    indexes.some((index) => 'expireAfterSeconds' in index.options)
  return expires || options['capped'] === true
}

function inWords({ kind, namespace, index = '' }: CatalogueDifference): string {
  switch (kind) {
    case 'namespace missing':
      return `${namespace} is not there`
    case 'namespace extra':
      return `${namespace} is there, and was not then`
    case 'options differ':
      return `${namespace} has other options`
    case 'index missing':
      return `${namespace} lacks its index ${index}`
    case 'index extra':
      return `${namespace} has an index ${index} that was not there then`
    case 'index differs':
      return `${namespace} has another index ${index}`
  }
}
