import type { IndexDefinition, NamespaceType } from './contents.js'

/** A collection, view or time-series as it is defined, without its documents. Numbers are plain, `_id_` is left out. */
export interface CatalogueEntry {
  readonly type: NamespaceType
  /** As `create` takes them, without `uuid` and without what is off. */
  readonly options: Readonly<Record<string, unknown>>
  readonly indexes: readonly IndexDefinition[]
}

/** What a server defines, keyed `database.collection`. Namespaces of the server's own are not in it. */
export type Catalogue = Readonly<Record<string, CatalogueEntry>>

/** How many documents a namespace can have, both included; buckets of a time-series. */
export interface DocumentBounds {
  readonly least: number
  readonly most: number
}

/** One thing in which a server is not as it should be. */
export interface CatalogueDifference {
  readonly kind:
    | 'namespace missing'
    | 'namespace extra'
    | 'options differ'
    | 'index missing'
    | 'index extra'
    | 'index differs'
  readonly namespace: string
  /** Name of the index; absent where it is not about one. */
  readonly index?: string
}

/**
 * Everything in which `actual` is not `expected`, in the order of names. The order of fields counts in the key of an
 * index and nowhere else.
 */
export function catalogueDifferences(
  expected: Catalogue,
  actual: Catalogue,
): CatalogueDifference[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort()
  return names.flatMap((namespace): CatalogueDifference[] => {
    const should = expected[namespace]
    const is = actual[namespace]
    if (!should) return [{ kind: 'namespace extra', namespace }]
    if (!is) return [{ kind: 'namespace missing', namespace }]
    const same = should.type === is.type && unordered(should.options) === unordered(is.options)
    return [
      ...(same ? [] : [{ kind: 'options differ', namespace } as const]),
      ...indexDifferences(namespace, should, is),
    ]
  })
}

function indexDifferences(
  namespace: string,
  should: CatalogueEntry,
  is: CatalogueEntry,
): CatalogueDifference[] {
  const wanted = byName(should)
  const found = byName(is)
  const names = [...new Set([...wanted.keys(), ...found.keys()])].sort()
  return names.flatMap((index): CatalogueDifference[] => {
    const one = wanted.get(index)
    const other = found.get(index)
    if (one === undefined) return [{ kind: 'index extra', namespace, index }]
    if (other === undefined) return [{ kind: 'index missing', namespace, index }]
    return one === other ? [] : [{ kind: 'index differs', namespace, index }]
  })
}

function byName({ indexes }: CatalogueEntry): ReadonlyMap<string, string> {
  return new Map(
    indexes.map(({ name, key, options }) => [
      name,
      `${JSON.stringify(Object.entries(key))} ${unordered(options)}`,
    ]),
  )
}

/** The same text for the same fields in whatever order. */
function unordered(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}
