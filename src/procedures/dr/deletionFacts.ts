import { bucketsPrefix } from '../../domain/buckets.js'
import { isListedOnly, type Deletion } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import { isAfter, optimeText, secondOf } from '../../domain/oplog/optime.js'
import { stretchFor } from '../../domain/oplog/stretch.js'
import { historyOf } from '../../domain/oplog/timelines.js'
import type { Target } from '../../domain/target.js'
import type { Definition } from '../../ports/documents.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { basesOn } from '../oplog/status.js'
import { splitNamespace } from '../restore/part.js'
import { requirePrimary } from '../restore/primary.js'
import { namespaceOf } from './deletionSources.js'
import type { ListedDeletion } from './findDeletions.js'
import { momentBefore, unreachable } from './momentBefore.js'

/** Throws `DELETION_UNSUPPORTED` (refused) for what is only listed, saying what does bring it back. */
export function requireSupported(deletion: Deletion, target: Target): void {
  const { namespace, first, kind } = deletion
  if (namespace.includes(`.${bucketsPrefix}`))
    throw unsupported(deletion, 'it is a time-series', target)
  if (!isListedOnly(deletion)) return
  const why =
    kind === 'update'
      ? 'what these documents were changed from cannot be told from what was written to them later'
      : `another collection was put in the place of ${namespace}, at ${optimeText(first)}`
  throw unsupported(deletion, why, target)
}

/** Throws `DELETION_CUT_OFF` (refused) where reading from further back would tell what else belongs to it. */
export function requireWhole({ id, first, cutOff }: ListedDeletion): void {
  if (cutOff !== 'read further back') return
  const began = secondOf(first)
  const earlier = new Date(began.getTime() - 86_400_000).toISOString()
  throw new Failure(
    'refused',
    'DELETION_CUT_OFF',
    `${id} may have begun before ${began.toISOString()}, where reading began: a part of it would be put back as if it were all`,
    [`ops dr deletion --since ${earlier}   (and pick it from that list)`],
  )
}

/**
 * Throws `NOT_PRIMARY`, `MONGO_UNAUTHORIZED` (environment), and for a collection that is gone, or of a kind that cannot be written
 * to like that, `DELETION_UNSUPPORTED` (refused).
 */
export async function requireWritable(
  deletion: Deletion,
  target: Target,
  session: MongoSession,
): Promise<Definition | undefined> {
  await requirePrimary(target, session)
  const [database = ''] = deletion.namespace.split('.', 1)
  const { missingForRestore } = await session.privileges([database])
  if (missingForRestore.length > 0)
    throw new Failure(
      'environment',
      'MONGO_UNAUTHORIZED',
      `the user of "${target.name}" may not put documents back: it lacks ${missingForRestore.join(', ')}`,
      ['ops doctor', 'ops config show'],
    )
  if (deletion.kind === 'dropDatabase') return undefined
  const there = await session.stored.definition(namespaceOf(deletion.namespace))
  if (deletion.kind === 'delete' && !there)
    throw unsupported(
      deletion,
      'that collection is gone: it was dropped or renamed since; pick that instead',
      target,
    )
  if (there && there.type !== 'collection')
    throw unsupported(deletion, `${deletion.namespace} is a ${there.type} now`, target)
  if (there && isCapped(there))
    throw unsupported(deletion, `${deletion.namespace} is capped: its order cannot be kept`, target)
  return there
}

/** Whether the collection of that name is not the one that documents were deleted from, as far as the oplog says it. */
export function isAnotherOfItsName(
  { kind, uuid }: Pick<Deletion, 'kind' | 'uuid'>,
  there: Definition | undefined,
): boolean {
  return kind === 'delete' && uuid !== undefined && there?.uuid !== uuid
}

/** Throws `MOMENT_UNREACHABLE` (not-found) where neither slices reach the moment before, nor one that is taken now would. */
export async function requireReachable(
  deletion: Deletion,
  target: Target,
  session: MongoSession,
  world: World,
): Promise<void> {
  const bases = await basesOn(world.shelf(target))
  const history = historyOf({ ...(await world.slices(target).holdings()), bases })
  const wanted = momentBefore(deletion)
  try {
    stretchFor(history, wanted)
  } catch (error) {
    // What is newer than every slice is read from the oplog first, which must go on from where they end.
    const newest = history.reaches.at(-1)
    const isReached = newest && !isAfter(newest.from, wanted.until)
    if (isReached && (await session.hasOplogEntry(newest.to)) === true) return
    throw unreachable(error, target)
  }
}

function isCapped({ options }: Definition): boolean {
  // A field of the options, whose name no other one holds.
  return Buffer.from(options).includes(Buffer.from('\x08capped\0\x01', 'latin1'))
}

function unsupported({ id, first, namespace }: Deletion, why: string, { name }: Target): Failure {
  const before = optimeText({ ...first, ordinal: Math.max(0, first.ordinal - 1) })
  return new Failure(
    'refused',
    'DELETION_UNSUPPORTED',
    `${id} cannot be put back by itself: ${why}`,
    [
      `ops restore --to-time ${before} ${partOf(namespace)}--target ${name} --dry-run   (as it was right before)`,
      'ops restore --into NAME   (a copy of a backup, to fetch documents from)',
    ],
  )
}

/** The flags that name one collection, or a whole database. */
function partOf(namespace: string): string {
  if (!namespace.includes('.')) return `--database ${namespace} `
  const { database, collection } = splitNamespace(namespace)
  return `--database ${database} --collection ${collection} `
}
