import { bucketsPrefix } from '../../domain/buckets.js'
import { Failure } from '../../domain/failure.js'
import type { ViewChange } from './viewChange.js'
import type { RawIndex } from './withoutIndexes.js'

/** A database that is to come back under another name. */
interface DatabaseRename {
  readonly from: string
  readonly to: string
}

/** Which part of an archive is wanted, and under which names. */
export interface Selection {
  /**
   * Asked once per namespace. A time-series is asked for under its own name, never under `system.buckets.NAME`, so that
   * its two halves stay together. Namespaces that occur in the oplog alone are asked for as well; a command on a database
   * of which nothing else is known yet is asked for as collection `$cmd`.
   */
  readonly keep: (namespace: { readonly database: string; readonly collection: string }) => boolean
  readonly rename?: readonly DatabaseRename[]
  /** `select` (the default) keeps what the oplog says of the namespaces kept; `drop` leaves the oplog out. */
  readonly oplog?: 'select' | 'drop'
  /**
   * Where given, hears of every change of a view in the oplog, which is then left out: replaying a write to
   * `system.views` is refused even to root, after everything was dropped.
   */
  readonly onView?: (change: ViewChange) => void
  /**
   * Namespaces that the archive does not have although its oplog writes to them (`UnlistedNamespaces.passing`): those writes are
   * left out until the oplog makes the namespace.
   */
  readonly unlisted?: readonly string[]
  /** Indexes that whoever takes the part builds himself: they are left out of it. */
  readonly indexesApart?: IndexesApart
}

/** Which indexes are left out, and who hears of them. */
export interface IndexesApart {
  /** Asked once per index of the prelude. */
  readonly leaveOut: (namespace: string, index: string) => boolean
  /** Called before the first document passes, with the name that the database has in the part. */
  readonly onLeftOut: (database: string, collection: string, indexes: readonly RawIndex[]) => void
}

/** How much of a database is kept. */
export type Part = 'all' | 'some' | 'none' | 'unknown'

/** Names that stand for all collections of a database, or all its views. */
const ofWholeDatabase: ReadonlySet<string> = new Set(['$cmd', 'system.views'])

/** What MongoDB allows in no name of a database, on any platform. */
const neverInNames = /[/\\. "$*<>:|?\0]/

/** Answers for a `Selection`, and remembers what it has answered. */
export class NamespaceChoice {
  readonly #answers = new Map<string, boolean>()
  readonly #renames: ReadonlyMap<string, string>
  readonly #parts = new Map<string, Part>()
  readonly #taken = new Set<string>()

  /** Throws DATABASE_NAME_INVALID (usage). */
  constructor(readonly selection: Selection) {
    const renames = selection.rename ?? []
    for (const { to } of renames) checkName(to)
    this.#renames = new Map(renames.map(({ from, to }) => [from, to]))
  }

  keeps(database: string, storedAs: string): boolean {
    const collection = storedAs.startsWith(bucketsPrefix)
      ? storedAs.slice(bucketsPrefix.length)
      : storedAs
    const name = `${database}.${collection}`
    const known = this.#answers.get(name)
    if (known !== undefined) return known
    const answer = this.selection.keep({ database, collection })
    this.#answers.set(name, answer)
    if (!ofWholeDatabase.has(collection)) this.#count(database, answer)
    return answer
  }

  /** The name under which a database comes back. */
  renamed(database: string): string {
    return this.#renames.get(database) ?? database
  }

  /** Notes a namespace of the prelude. Throws SELECTION_COLLIDES (refused) where two would get the same name. */
  announce(database: string, collection: string): void {
    if (!this.keeps(database, collection)) return
    const name = `${this.renamed(database)}.${collection}`
    if (this.#taken.has(name)) {
      throw new Failure('refused', 'SELECTION_COLLIDES', `two namespaces would become ${name}`, [
        'choose another name for the copy',
      ])
    }
    this.#taken.add(name)
  }

  /** How much is kept of what is known of a database by now; `unknown` where nothing is known. */
  part(database: string): Part {
    return this.#parts.get(database) ?? 'unknown'
  }

  #count(database: string, kept: boolean): void {
    const before = this.part(database)
    const now = kept ? 'all' : 'none'
    this.#parts.set(database, before === 'unknown' || before === now ? now : 'some')
  }
}

/** Whether MongoDB takes the name for a database, on every platform: at most 63 bytes, however few letters they are. */
export function isDatabaseName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) < 64 && !neverInNames.test(name)
}

function checkName(name: string): void {
  if (isDatabaseName(name)) return
  const says = `${JSON.stringify(name)} cannot be the name of a database`
  throw new Failure('usage', 'DATABASE_NAME_INVALID', says, [
    'use letters, digits, - and _, at most 63 bytes',
  ])
}
