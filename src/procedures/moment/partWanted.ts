import type { SplicedState } from '../../archive/splice.js'
import { bucketsPrefix } from '../../domain/buckets.js'
import type { ArchiveContents, NamespaceContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'
import { splitNamespace } from '../restore/part.js'
import { decideSelection, type Choice, type Selection } from '../restore/selection.js'
import { momentText } from './planText.js'

/** A part of a target: always of one database. */
export type WantedPart = Choice & { readonly database: string }

/**
 * The database that a choice is about: the one it names, or the only one of the target. Throws `PART_AMBIGUOUS` (usage) where that is
 * not said.
 */
export function wantedPart(choice: Choice, { name, databases }: Target): WantedPart {
  const [only, ...others] = databases
  const database = choice.database ?? (others.length === 0 ? only : undefined)
  if (database !== undefined) return { ...choice, database }
  throw new Failure(
    'usage',
    'PART_AMBIGUOUS',
    `a part of "${name}" at a moment is one database, or a collection of it: name the database`,
    ['ops restore --to-time TIME --database NAME --collection NAME --dry-run'],
  )
}

/**
 * What of a moment is restored, by what was there then. Nothing of it is counted yet: `documents` are those expected. Throws
 * `PART_NOT_THERE` (not-found), and what `decideSelection` throws.
 */
export function selectionThen(
  part: WantedPart,
  target: Target,
  expected: Pick<SplicedState, 'catalogue' | 'documents'>,
  base: ArchiveContents,
  wanted: WantedMoment,
): Selection {
  const { database, collection } = part
  const names = Object.keys(expected.catalogue).filter((name) => name.startsWith(`${database}.`))
  const name = collection === undefined ? database : `${database}.${collection}`
  if (names.length === 0 || (collection !== undefined && !names.includes(name)))
    throw new Failure(
      'not-found',
      'PART_NOT_THERE',
      `${name} was not there at ${momentText(wanted)} (there was: ${names.join(', ') || `nothing of ${database}`}); nothing was touched`,
      [
        'ops pitr status',
        'ops restore --to-time TIME --dry-run   (everything that was there then)',
      ],
    )
  return decideSelection(part, target, { ...contentsThen(expected, base), rawBytes: base.rawBytes })
}

/** Bytes that a base holds of what is restored; what was made since is not known. */
export function bytesOfPart({ namespaces }: Selection, base: ArchiveContents): number {
  return Object.keys(namespaces).reduce((sum, name) => sum + (base.namespaces[name]?.bytes ?? 0), 0)
}

/** What was there then, as an archive of it would have it. */
function contentsThen(
  { catalogue, documents }: Pick<SplicedState, 'catalogue' | 'documents'>,
  { serverVersion, toolVersion }: ArchiveContents,
): Omit<ArchiveContents, 'rawBytes'> {
  const namespaces = Object.entries(catalogue).map(([name, entry]): [string, NamespaceContents] => {
    const { database, collection } = splitNamespace(name)
    const isSeries = entry.type === 'timeseries'
    return [
      name,
      {
        ...entry,
        database,
        collection,
        documents: documents[name]?.most ?? 0,
        bytes: 0,
        crc: '',
        ...(isSeries ? { storedAs: `${bucketsPrefix}${collection}` } : {}),
      },
    ]
  })
  return { serverVersion, toolVersion, namespaces: Object.fromEntries(namespaces) }
}
