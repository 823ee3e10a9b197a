import { asBuffer } from '../../archive/asBuffer.js'
import { OperationReader } from '../../archive/oplog/operations.js'
import { Bursts, isListOfViews, pause } from '../../domain/deletions/bursts.js'
import { mayHaveBegunBefore, type Deletion } from '../../domain/deletions/deletion.js'
import { isAfter, secondOf } from '../../domain/oplog/optime.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { isOfTarget } from '../moment/scope.js'
import { noReplicaSet } from '../oplog/takeSlices.js'
import { withSession } from '../withSession.js'
import { heldHistory } from './deletionEntries.js'
import { namesOfUsers } from './namesOfUsers.js'

/** Where to look for deletions. */
export interface DeletionSearch {
  readonly target: Target
  /** Listed is what was not over before that. */
  readonly since: Date
  /** `database.collection`, or a database: nothing else is listed. */
  readonly within?: string
  /** Deletes (or updates) of fewer documents are not listed. */
  readonly atLeast: number
  /** Id of one that is listed however small it is. */
  readonly always?: string
  readonly signal: AbortSignal
}

/** Deletions that were found. */
export interface FoundDeletions {
  readonly target: string
  /** What was looked through, RFC 3339 UTC. Later than asked for where neither the oplog nor slices reach back so far. */
  readonly since: string
  readonly until: string
  readonly entries: number
  readonly deletions: readonly ListedDeletion[]
  /** Smaller ones that are left out because there are too many. */
  readonly left: number
}

/** One of them, with who did it, where the oplog says so and the server knows the name. */
export interface ListedDeletion extends Deletion {
  /** `user@database`; null where it is not known. */
  readonly by: string | null
  /** Whether it may have begun before what was read, and, where that can be, reading from further back would tell. */
  readonly cutOff?: 'read further back' | 'nothing reaches further back'
}

/**
 * Seconds before what is asked for from which on the oplog is read: a deletion that began earlier is to be seen whole. A
 * transaction lives a minute (`transactionLifetimeLimitSeconds`).
 */
const before = 900

/**
 * Looks through the oplog, and through slices where that does not reach back far enough, for what took documents away or
 * changed many at once. Reads only, one entry at a time. Throws `NO_REPLICA_SET` (refused), and what reading throws.
 */
export async function findDeletions(search: DeletionSearch, world: World): Promise<FoundDeletions> {
  const { target, since, within, atLeast, always, signal } = search
  return withSession(target, world, signal, async (session) => {
    const window = await session.oplog.window()
    if (!window) throw noReplicaSet(target)
    const wanted = { seconds: Math.max(0, Math.floor(since.getTime() / 1000)), ordinal: 0 }
    const asked = { ...wanted, seconds: Math.max(0, wanted.seconds - before) }
    const live = { oplog: session.oplog, window }
    const history = await heldHistory(asked, target, live, world, signal)
    const isOurs = isOfTarget(target)
    const reader = new OperationReader()
    const bursts = new Bursts(atLeast, always)
    let entries = 0
    for await (const entry of history.entries) {
      entries++
      for (const operation of reader.take(asBuffer(entry))) {
        const { namespace } = operation
        if (!isOurs(databaseOf(namespace))) continue
        const isPart = operation.kind === 'drop' && isListOfViews(namespace)
        if (isOfTheServer(namespace) && !isPart) continue
        if (isWithin(namespace, operation.kind === 'dropDatabase', within)) bursts.take(operation)
      }
    }
    const { deletions: all, left } = bursts.found()
    const deletions = all.filter(({ last }) => last.seconds >= wanted.seconds)
    const isAll = window.whole && !isAfter(history.from, window.oldest)
    const cutOff = (one: Deletion): Pick<ListedDeletion, 'cutOff'> => {
      if (isAll || !mayHaveBegunBefore(one, history.from, pause)) return {}
      const isShort = history.from.seconds <= asked.seconds
      return { cutOff: isShort ? 'read further back' : 'nothing reaches further back' }
    }
    const users = deletions.some(({ user }) => user !== undefined)
      ? await namesOfUsers(session)
      : none
    return {
      target: target.name,
      since: secondOf(isAfter(wanted, history.from) ? wanted : history.from).toISOString(),
      until: secondOf(history.to).toISOString(),
      entries,
      deletions: deletions.map((one) => ({
        ...one,
        by: users.get(one.user ?? '') ?? null,
        ...cutOff(one),
      })),
      left,
    }
  })
}

const none: ReadonlyMap<string, string> = new Map()

function databaseOf(namespace: string): string {
  return namespace.split('.', 1)[0] ?? ''
}

/** What aggregations put their results into on the way, and the list of views. */
function isOfTheServer(namespace: string): boolean {
  return /\.(tmp\.agg_out\.|system\.(?!buckets\.|js$))/.test(namespace)
}

/** A database that was dropped took along the collection that is looked for. */
function isWithin(namespace: string, isDatabase: boolean, within: string | undefined): boolean {
  if (within === undefined || namespace === within) return true
  return isDatabase ? within.startsWith(`${namespace}.`) : databaseOf(namespace) === within
}
