import type { Optime } from '../../domain/contents.js'
import { writesTo, type NamespaceWrites } from '../../domain/discarded.js'
import type { CountedEntries } from '../../domain/oplog/counted.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'
import { transactionPart } from '../splice/transactions.js'
import { deepestNesting, readCommand, subjectsOf, transactionEnds } from './command.js'
import { readOplogEntry, type OplogEntry } from './entry.js'

interface Count {
  inserts: number
  updates: number
  deletes: number
  commands: Record<string, number>
}

type Counts = Map<string, Count>

/** What an operation counts as. */
const kinds: Readonly<Record<string, 'inserts' | 'updates' | 'deletes'>> = {
  i: 'inserts',
  u: 'updates',
  d: 'deletes',
}

/** Commands that an oplog carries and that change nothing that a client could read. */
const silent: ReadonlySet<string> = new Set([
  ...transactionEnds,
  'startIndexBuild',
  'abortIndexBuild',
  'dbCheck',
])

/**
 * Counts what entries of an oplog write, in order: what is in a transaction when that is committed, and never where it is
 * not. Keeps numbers alone, some for each namespace.
 */
export class WriteTally {
  readonly #written: Counts = new Map()
  readonly #open = new Map<string, Counts>()
  #last: Optime | undefined
  #entries = 0
  #beganBefore = false

  /** @param isWanted namespaces that count; asked with the database alone where that is dropped */
  constructor(private readonly isWanted: (namespace: string) => boolean) {}

  /** Takes the next entry. Throws ARCHIVE_CORRUPT where it is none. */
  take(raw: Buffer): void {
    const entry = readOplogEntry(new Elements(raw, 0))
    this.#last = entry.timestamp
    this.#entries++
    this.#take(entry, raw)
  }

  /** Takes the next entries as a server counted them. What is apart of them is to be taken next, with `takeApart`. */
  takeCounted({ entries, last, writes }: Omit<CountedEntries, 'apart'>): void {
    this.#entries += entries
    this.#last = last ?? this.#last
    for (const { operation, namespace, count } of writes) {
      const kind = kinds[operation]
      if (kind && this.isWanted(namespace)) countOf(namespace, this.#written)[kind] += count
    }
  }

  /** Takes the next of those that were counted as entries, and not by what they do. Throws ARCHIVE_CORRUPT where it is none. */
  takeApart(raw: Buffer): void {
    this.#take(readOplogEntry(new Elements(raw, 0)), raw)
  }

  #take(entry: OplogEntry, raw: Buffer): void {
    if (entry.operation === 'n') return
    const part = entry.operation === 'c' ? transactionPart(raw, 0) : undefined
    if (!part) {
      this.#count(entry, this.#written, 0)
      return
    }
    const known = this.#open.get(part.id)
    // Its first entries were written before those that are read here.
    if (!known && part.continues) this.#beganBefore = true
    const writes = known ?? new Map<string, Count>()
    this.#count(entry, writes, 0)
    this.#open.delete(part.id)
    if (part.then === 'open') this.#open.set(part.id, writes)
    if (part.then === 'commit') this.#commit(writes)
  }

  /** Entries so far, those that write nothing included. */
  get entries(): number {
    return this.#entries
  }

  /** The last entry. */
  get last(): Optime | undefined {
    return this.#last
  }

  /** Whether a transaction began before the first entry, so that its first operations are not in here. */
  get beganBefore(): boolean {
    return this.#beganBefore
  }

  /** The counts so far, which later entries do not change. */
  written(): Readonly<Record<string, NamespaceWrites>> {
    return structuredClone(Object.fromEntries(this.#written))
  }

  /** All of them together. */
  operations(): number {
    return [...this.#written.values()].reduce((sum, count) => sum + writesTo(count), 0)
  }

  #commit(writes: Counts): void {
    for (const [namespace, { inserts, updates, deletes, commands }] of writes) {
      const all = countOf(namespace, this.#written)
      all.inserts += inserts
      all.updates += updates
      all.deletes += deletes
      for (const [name, times] of Object.entries(commands))
        all.commands[name] = (all.commands[name] ?? 0) + times
    }
  }

  #count(entry: OplogEntry, into: Counts, depth: number): void {
    const { operation, namespace } = entry
    if (operation === 'c') {
      this.#command(entry, into, depth)
      return
    }
    const kind = kinds[operation]
    if (kind && this.isWanted(namespace)) countOf(namespace, into)[kind]++
  }

  #command({ namespace, object }: OplogEntry, into: Counts, depth: number): void {
    const command = object && readCommand(namespace, object)
    if (!command) throw damage('ARCHIVE_CORRUPT', 0, 'a command of the oplog is empty')
    const { name } = command
    if (name === 'applyOps') {
      this.#inner(object, into, depth)
      return
    }
    if (silent.has(name)) return
    const of = subjectsOf(command, namespace, object).find((one) => this.isWanted(one))
    if (of === undefined) return
    const { commands } = countOf(of, into)
    commands[name] = (commands[name] ?? 0) + 1
  }

  #inner(object: Elements, into: Counts, depth: number): void {
    if (object.type !== bsonType.array || depth >= deepestNesting)
      throw damage('ARCHIVE_CORRUPT', 0, 'an applyOps of the oplog is malformed')
    const operations = object.inside()
    while (operations.next()) this.#count(readOplogEntry(operations.inside()), into, depth + 1)
  }
}

function countOf(namespace: string, counts: Counts): Count {
  const known = counts.get(namespace)
  if (known) return known
  const fresh: Count = { inserts: 0, updates: 0, deletes: 0, commands: {} }
  counts.set(namespace, fresh)
  return fresh
}
