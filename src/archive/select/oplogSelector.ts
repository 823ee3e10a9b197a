import { DocumentWriter } from '../bson/documentWriter.js'
import { Elements } from '../bson/elements.js'
import { replaceFields, type Replacement } from '../bson/replaceFields.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'
import {
  deepestNesting,
  readCommand,
  splitNamespace,
  transactionEnds,
  type OplogCommand,
} from '../oplog/command.js'
import { readOplogEntry } from '../oplog/entry.js'
import { aboutOneCollection, cannotSelect, neverReplayed } from './commands.js'
import type { RawOperation } from './rawOperation.js'
import type { NamespaceChoice } from './selection.js'
import { selectViewWrite, viewChange } from './views.js'

/**
 * Decides, entry by entry, what of an oplog belongs to a selection, and renames in it. Entries of transactions stay,
 * emptied where need be, so that mongorestore finds every chain whole.
 */
export class OplogSelector {
  /** Namespaces that are not there, and that nothing has made yet. */
  readonly #absent: Set<string>

  constructor(readonly choice: NamespaceChoice) {
    this.#absent = new Set(choice.selection.unlisted)
  }

  /**
   * The entry as it is to be replayed, `document` itself where nothing changes; undefined where it is not wanted.
   * Throws OPLOG_CANNOT_SELECT (refused) for what cannot be divided, ARCHIVE_CORRUPT for what is no entry.
   */
  select(document: Buffer, offset: number): Buffer | undefined {
    return this.#operation(document, offset, 0)
  }

  #operation(raw: Buffer, offset: number, depth: number): Buffer | undefined {
    const { operation, namespace, object } = readOplogEntry(new Elements(raw, offset))
    if (operation === 'c') {
      const command = object && readCommand(namespace, object)
      if (!command) throw damage('ARCHIVE_CORRUPT', offset, 'a command of the oplog is empty')
      return this.#command({ raw, offset, namespace }, command, object, depth)
    }
    if (namespace === '') {
      if (operation === 'n') return raw
      throw cannotSelect(`an operation ${operation} of no namespace`, offset)
    }
    return this.#write({ raw, offset, namespace })
  }

  #write(operation: RawOperation): Buffer | undefined {
    const [database, collection] = splitNamespace(operation.namespace)
    if (collection === 'system.views') return this.#viewWrite(operation)
    if (!this.choice.keeps(database, collection)) return undefined
    // Gone before the archive listed it: there is nothing that this could be written to.
    if (this.#absent.has(operation.namespace)) return undefined
    return this.#renamed(operation)
  }

  #viewWrite(operation: RawOperation): Buffer | undefined {
    const { onView } = this.choice.selection
    if (!onView) return selectViewWrite(operation, this.choice)
    const change = viewChange(operation, this.choice)
    if (change) onView(change)
    return undefined
  }

  #command(
    operation: RawOperation,
    command: OplogCommand,
    object: Elements,
    depth: number,
  ): Buffer | undefined {
    const { name } = command
    if (name === 'applyOps') return this.#applyOps(operation, object, depth)
    if (transactionEnds.has(name)) return operation.raw
    if (neverReplayed.has(name)) return undefined
    if (name === 'renameCollection') return this.#renameCollection(operation, object)
    if (name === 'dropDatabase') return this.#dropDatabase(operation)
    if (aboutOneCollection.has(name) && object.text !== undefined) {
      return this.#onCollection(operation, command)
    }
    const [database] = splitNamespace(operation.namespace)
    if (database !== 'admin' && !this.#keepsAny(operation.namespace)) return undefined
    throw cannotSelect(`the command ${name} on ${database}`, operation.offset)
  }

  #onCollection(operation: RawOperation, command: OplogCommand): Buffer | undefined {
    const [database, collection] = splitNamespace(command.namespace)
    if (command.name === 'create') this.#absent.delete(command.namespace)
    if (collection !== 'system.views') {
      return this.choice.keeps(database, collection) ? this.#renamed(operation) : undefined
    }
    const { onView } = this.choice.selection
    if (onView) {
      const dropped = command.name === 'drop' && this.#keepsAny(command.namespace)
      if (dropped) onView({ kind: 'all dropped', database: this.choice.renamed(database) })
      return undefined
    }
    // All views of a database stand in one collection: it may come with any of them, but not go with any of them.
    if (command.name !== 'create' && this.choice.part(database) === 'some') {
      throw cannotSelect(`${command.name} of the views of ${database}`, operation.offset)
    }
    return this.#keepsAny(command.namespace) ? this.#renamed(operation) : undefined
  }

  /** Every collection has been dropped by an entry of its own before: only a whole database must go with the name. */
  #dropDatabase(operation: RawOperation): Buffer | undefined {
    const [database] = splitNamespace(operation.namespace)
    if (this.choice.part(database) === 'some') return undefined
    return this.#keepsAny(operation.namespace) ? this.#renamed(operation) : undefined
  }

  /** Of a command that is about more than one collection: is anything kept of its database? */
  #keepsAny(namespace: string): boolean {
    const [database, collection] = splitNamespace(namespace)
    const part = this.choice.part(database)
    return part === 'unknown' ? this.choice.keeps(database, collection) : part !== 'none'
  }

  #renameCollection(operation: RawOperation, object: Elements): Buffer | undefined {
    const from = object.text ?? ''
    const to = object.find('to')?.text
    if (to === undefined) throw cannotSelect('a renameCollection without a name', operation.offset)
    const kept = [from, to].map((name) => this.choice.keeps(...splitNamespace(name)))
    if (kept[0] !== kept[1]) {
      throw cannotSelect(`the renaming of ${from} to ${to}`, operation.offset)
    }
    if (!kept[0]) return undefined
    this.#absent.delete(to)
    const names = new Map([
      ['renameCollection', this.#newName(from)],
      ['to', this.#newName(to)],
    ])
    const command = replaceFields(object.document, operation.offset, names)
    return this.#renamed(operation, new Map([['o', command]]))
  }

  #applyOps(operation: RawOperation, object: Elements, depth: number): Buffer {
    if (object.type !== bsonType.array || depth >= deepestNesting) {
      throw damage('ARCHIVE_CORRUPT', operation.offset, 'an applyOps of the oplog is malformed')
    }
    const selected = new DocumentWriter()
    let changed = false
    let index = 0
    const operations = object.inside()
    while (operations.next()) {
      const raw = operations.bytes.subarray(operations.start, operations.end)
      const inner = this.#operation(raw, operations.offset + operations.start, depth + 1)
      changed ||= inner !== raw
      if (inner) selected.document(String(index++), inner)
    }
    if (!changed) return operation.raw
    // `count` says how many operations the whole transaction has, which is no longer so; mongorestore does not read it.
    const command = replaceFields(
      object.document,
      operation.offset,
      new Map<string, Replacement>([
        ['applyOps', selected.finish()],
        ['count', undefined],
      ]),
    )
    return replaceFields(operation.raw, operation.offset, new Map([['o', command]]))
  }

  #renamed(operation: RawOperation, more = new Map<string, Replacement>()): Buffer {
    const name = this.#newName(operation.namespace)
    if (name === operation.namespace && more.size === 0) return operation.raw
    return replaceFields(operation.raw, operation.offset, more.set('ns', name))
  }

  #newName(namespace: string): string {
    const [database, collection] = splitNamespace(namespace)
    return `${this.choice.renamed(database)}.${collection}`
  }
}
