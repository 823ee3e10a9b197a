import { idText } from '../../archive/documentId.js'
import { judgeKeys, type JudgedKeys } from '../../checks/data/judgeKeys.js'
import { separated } from '../../checks/data/numbers.js'
import { Failure } from '../../domain/failure.js'
import { verdict, type Finding } from '../../domain/finding.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { World } from '../../ports/world.js'
import { withSession } from '../withSession.js'
import { unasked } from './lookAtNamespace.js'
import { chosenNamespaces, namespaceOf, type ChosenNamespace } from './namespaces.js'

/** What is asked. */
export interface DuplicatesRequest {
  readonly target: Target
  /** Empty for those of which something is expected: without `by` that a key is unique. */
  readonly namespaces: readonly Namespace[]
  /** Dotted paths; none: what is expected to be unique, or everything but the `_id`. */
  readonly by: readonly string[]
  /** Groups that are shown. */
  readonly top: number
  /** Milliseconds that the server may take over one question. */
  readonly milliseconds: number
  readonly signal: AbortSignal
}

/** Documents that have the same key: how many, and two of them by their `_id`. */
export interface GroupFound {
  readonly documents: number
  readonly first: string
  readonly last: string
}

/** How often keys occur in one namespace. */
export interface KeysFound extends JudgedKeys {
  readonly largest: readonly GroupFound[]
}

/** What `ops data duplicates` answers. */
export interface DuplicatesFound {
  readonly target: string
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly Finding[]
  /** Documents that would have to go, were one of each group to stay. */
  readonly surplus: number
  readonly keys: readonly KeysFound[]
}

/**
 * Counts documents that have the same key, on the server. Changes nothing. Throws what connecting, `chosenNamespaces` and
 * `StoredData.duplicates` throw, and `USAGE` (usage) for a large collection, or a view, without any field to go by.
 */
export async function findDuplicates(
  { target, namespaces, by, top, milliseconds, signal }: DuplicatesRequest,
  world: Pick<World, 'mongo'>,
): Promise<DuplicatesFound> {
  return withSession(target, world, signal, async (session) => {
    const keys: KeysFound[] = []
    const wanted = namespaces.length > 0 ? namespaces : expectedIn(target, by)
    const chosen = await chosenNamespaces(session, target, wanted, { mayLack: false })
    for (const namespace of chosen) {
      const { name } = namespace
      const unique = target.expectations[name]?.unique ?? []
      for (const paths of keysOf(by, unique)) {
        if (paths.length === 0) requireFew(namespace)
        const bound = { milliseconds, signal }
        const found = await session.data.duplicates(namespace, paths, top, bound)
        const largest = found.largest.map(({ documents, first, last }) => ({
          documents,
          first: idText(first),
          last: idText(last),
        }))
        const expected = unique.includes(paths.join(','))
        keys.push({ ...found, namespace: name, by: paths, expected, largest })
      }
    }
    const surplus = keys.reduce((sum, one) => sum + one.surplus, 0)
    const checks = keys.map(judgeKeys)
    return { target: target.name, verdict: verdict(checks), checks, surplus, keys }
  })
}

/** Nobody wants to have every collection grouped. Throws `COLLECTION_REQUIRED` (usage) where nothing is expected of any. */
function expectedIn({ expectations }: Target, by: readonly string[]): readonly Namespace[] {
  const wanted = Object.entries(expectations)
    .filter(([, { unique = [] }]) => by.length > 0 || unique.length > 0)
    .map(([name]) => namespaceOf(name))
  if (wanted.length > 0) return wanted
  throw new Failure(
    'usage',
    'COLLECTION_REQUIRED',
    'which collection? ops.yaml expects no key of any to be unique',
    ['ops … DATABASE.COLLECTION', 'ops data check   (shows which there are)'],
  )
}

/** Groups of whole documents are as large as the collection, and what does not fit into memory goes to the disk of the server. */
function requireFew({ name, live }: ChosenNamespace): void {
  if (live?.type === 'collection' && live.documents <= unasked) return
  throw new Failure(
    'usage',
    'USAGE',
    `${name} is not compared as a whole: it is no collection of at most ${separated(unasked)} documents, and could fill the disk of the server. Name the fields to go by`,
    ['ops … --by PATH'],
  )
}

/** What was asked for; else each key that is expected to be unique; else whole documents. */
function keysOf(by: readonly string[], unique: readonly string[]): readonly (readonly string[])[] {
  if (by.length > 0) return [by]
  return unique.length > 0 ? unique.map((paths) => paths.split(',')) : [[]]
}
