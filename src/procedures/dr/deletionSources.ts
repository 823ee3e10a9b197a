import type { Deletion } from '../../domain/deletions/deletion.js'
import type { SplicedState } from '../../archive/splice.js'
import type { Definition, Documents, Namespace } from '../../ports/documents.js'

/** A collection of the scratch server, and where its documents belong. */
export interface DeletionSource {
  /** In the scratch server: the collection itself, or where its deleted documents were set aside. */
  readonly from: Namespace
  /** On the live server. */
  readonly to: Namespace
  readonly name: string
  /** How it was made. */
  readonly definition: Definition
}

/** What a deletion took, as the scratch server has it, and what of it is not put back. */
export interface DeletionSources {
  readonly collections: readonly DeletionSource[]
  readonly views: readonly DeletionSource[]
  readonly left: readonly { readonly namespace: string; readonly why: string }[]
}

/** Database of the scratch server, which holds one other, for what is set aside. */
const aside = 'ops_set_aside'

/** Finds out what a deletion took. `within` narrows a database that was dropped to one of its collections. */
export async function sourcesOf(
  deletion: Deletion,
  within: string | undefined,
  { catalogue }: Pick<SplicedState, 'catalogue'>,
  scratch: Documents,
): Promise<DeletionSources> {
  const { kind, namespace } = deletion
  const isTaken = (name: string) =>
    kind === 'dropDatabase'
      ? name.startsWith(`${namespace}.`) &&
        (within === undefined || within === namespace || within === name)
      : name === namespace
  const collections: DeletionSource[] = []
  const views: DeletionSource[] = []
  const left: { namespace: string; why: string }[] = []
  for (const name of Object.keys(catalogue).filter(isTaken)) {
    const to = namespaceOf(name)
    const definition = await scratch.definition(to)
    if (!definition) continue
    const source = { to, name, definition, from: kind === 'delete' ? asideOf(to) : to }
    if (definition.type === 'view') views.push(source)
    else if (definition.type === 'timeseries') left.push({ namespace: name, why: 'a time-series' })
    else collections.push(source)
  }
  return { collections, views, left }
}

/** Database and collection of a name. */
export function namespaceOf(name: string): Namespace {
  const dot = name.indexOf('.')
  return { database: name.slice(0, dot), collection: name.slice(dot + 1) }
}

function asideOf({ collection }: Namespace): Namespace {
  return { database: aside, collection }
}
