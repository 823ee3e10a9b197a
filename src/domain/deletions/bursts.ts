import type { Optime } from '../contents.js'
import { compareOptimes, isAfter } from '../oplog/optime.js'
import { deletionId, type Deletion } from './deletion.js'
import type { Operation } from './operation.js'

/** Seconds without another one after which a burst is over. */
export const pause = 5

/** Seconds between a database's collections and itself: the server drops them one by one, then the database. */
const databasePause = 60

/** Deletions that are remembered where nothing else is said; of more, the smallest go. */
const usual = 500

type Growing = { -readonly [Key in keyof Deletion]: Deletion[Key] }

/**
 * Puts operations together, in the order in which they took effect, into what somebody did: deletes (or updates) of one
 * collection by one session without a longer pause are one burst, those of a transaction another; a database is dropped
 * with its collections. Holds bursts that are under way, and of those that are over the largest.
 *
 * A driver repeats single writes where it has to, and marks them with its session: such updates are what applications
 * do all day, and no burst. `deleteMany` and `updateMany` bear no mark.
 */
export class Bursts {
  readonly #open = new Map<string, Growing>()
  /** The last drop of the list of views of each database, by the database: part of dropping it, and nothing by itself. */
  readonly #viewsGone = new Map<string, Growing>()
  /** When something was last made in each database: what went before is not what the database went with. */
  readonly #made = new Map<string, Optime>()
  #found: Growing[] = []
  #left = 0
  #second = 0

  /**
   * @param atLeast deletes (or updates) of fewer documents are no burst
   * @param always id of one that is found however small it is
   * @param most deletions that are remembered
   */
  constructor(
    readonly atLeast: number,
    readonly always?: string,
    readonly most: number = usual,
  ) {}

  take(operation: Operation): void {
    if (operation.at.seconds > this.#second) {
      this.#second = operation.at.seconds
      this.#closeIdle()
    }
    switch (operation.kind) {
      case 'insert':
      // Under another name everything is still there.
      case 'rename':
        return
      case 'update':
        if (operation.session === undefined || operation.isTransaction) this.#grow(operation)
        return
      case 'delete':
        this.#grow(operation)
        return
      case 'dropDatabase':
        this.#dropDatabase(operation)
        return
      case 'create':
        this.#made.set(databaseOf(operation.namespace), operation.at)
        return
      case 'drop':
        if (isListOfViews(operation.namespace)) {
          this.#viewsGone.set(databaseOf(operation.namespace), begun(operation, 'drop'))
          return
        }
        this.#keep(begun(operation, 'drop'))
        return
      case 'replace':
        this.#keep(begun(operation, operation.kind))
    }
  }

  /** Everything that was found, oldest first, and how many more there were than can be remembered. */
  found(): { readonly deletions: readonly Deletion[]; readonly left: number } {
    for (const burst of this.#open.values()) this.#close(burst)
    this.#open.clear()
    const deletions = this.#found.toSorted(
      (one, other) => compareOptimes(one.first, other.first) || (one.id < other.id ? -1 : 1),
    )
    return { deletions, left: this.#left }
  }

  #grow(operation: Operation): void {
    const { kind, namespace, uuid = '', at, count, session = '', isTransaction } = operation
    const key = [kind, namespace, uuid, session, isTransaction].join('\n')
    const known = this.#open.get(key)
    const isSame = known && (!isTransaction || compareOptimes(known.last, at) === 0)
    if (isSame) {
      known.last = at
      known.documents += count
      return
    }
    if (known) this.#close(known)
    this.#open.set(key, begun(operation, kind === 'update' ? 'update' : 'delete'))
  }

  #closeIdle(): void {
    for (const [key, burst] of this.#open) {
      if (this.#second - burst.last.seconds <= pause) continue
      this.#close(burst)
      this.#open.delete(key)
    }
  }

  #close(burst: Growing): void {
    if (burst.documents >= this.atLeast || burst.id === this.always) this.#keep(burst)
  }

  /**
   * The collections that went right before it are those that it took along, in any order, and the list of its views. What went
   * before something was made there is a deletion of its own: the moment before it does not have what was made.
   */
  #dropDatabase(operation: Operation): void {
    const { namespace: database, at } = operation
    const made = this.#made.get(database)
    const isOfIt = (one: Deletion) =>
      one.kind === 'drop' &&
      databaseOf(one.namespace) === database &&
      at.seconds - one.last.seconds <= databasePause &&
      !(made && isAfter(made, one.first))
    const drops = this.#found.filter(isOfIt)
    this.#found = this.#found.filter((one) => !drops.includes(one))
    const views = this.#viewsGone.get(database)
    const parts = views && isOfIt(views) ? [views, ...drops] : drops
    const whole = begun(operation, 'dropDatabase')
    whole.first = earliest(parts.map((one) => one.first)) ?? whole.first
    whole.readFrom = earliest([whole.readFrom, ...parts.map((one) => one.readFrom)]) ?? at
    whole.documents = drops.reduce((sum, one) => sum + one.documents, 0)
    whole.collections = drops.map((one) => one.namespace)
    whole.id = deletionId(whole)
    this.#keep(whole)
  }

  #keep(burst: Growing): void {
    this.#found.push(burst)
    if (this.#found.length <= this.most) return
    const others = this.#found.filter(({ id }) => id !== this.always)
    const bursts = others.filter(({ kind }) => kind === 'delete' || kind === 'update')
    const least = bursts.reduce<Growing | undefined>(
      (smallest, one) => (smallest && smallest.documents <= one.documents ? smallest : one),
      undefined,
    )
    const goes = least ?? others[0]
    this.#found = this.#found.filter((one) => one !== goes)
    this.#left++
  }
}

function begun(operation: Operation, kind: Deletion['kind']): Growing {
  const { namespace, at: first, readFrom, count: documents, isTransaction } = operation
  const { session, user, uuid } = operation
  return {
    id: deletionId({ kind, first, namespace }),
    kind,
    namespace,
    first,
    last: first,
    readFrom,
    documents,
    ...(uuid === undefined ? {} : { uuid }),
    collections: [],
    ...(session === undefined ? {} : { session }),
    isTransaction,
    ...(user === undefined ? {} : { user }),
  }
}

function databaseOf(namespace: string): string {
  return namespace.split('.', 1)[0] ?? ''
}

/** The collection in which a server keeps the views of a database: it goes with it, before or after any other. */
export function isListOfViews(namespace: string): boolean {
  return namespace === `${databaseOf(namespace)}.system.views`
}

function earliest(times: readonly Optime[]): Optime | undefined {
  return times.toSorted(compareOptimes)[0]
}
