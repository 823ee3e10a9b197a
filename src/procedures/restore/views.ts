import type { ViewChange } from '../../archive/select.js'
import type { MongoSession } from '../../ports/mongo.js'
import { splitNamespace } from './part.js'
import { liveName, type Selection } from './selection.js'

/**
 * What the oplog of a backup does to views, gathered while it passes. A replay of these writes is refused even to root,
 * so they are carried out through the driver afterwards: the last state wins.
 */
export class ViewChanges {
  /** Live name to its definition (raw BSON); to nothing where it is gone. */
  readonly #last = new Map<string, Uint8Array | undefined>()
  readonly #unclear = new Set<string>()

  constructor(private readonly selection: Selection) {}

  note(change: ViewChange): void {
    if (change.kind === 'all dropped') {
      this.#allDropped(`${change.database}.`)
      return
    }
    const name = `${change.database}.${change.view}`
    if (change.kind === 'unclear') {
      this.#unclear.add(name)
      return
    }
    this.#unclear.delete(name)
    this.#last.set(name, change.kind === 'defined' ? change.definition : undefined)
  }

  /** Live names of those that were changed in a way that cannot be told: they come back as they were before. */
  get unclear(): readonly string[] {
    return [...this.#unclear]
  }

  get none(): boolean {
    return this.#last.size === 0
  }

  /** Makes, changes and drops the views. */
  async carryOut(session: MongoSession, signal: AbortSignal): Promise<void> {
    for (const [name, definition] of this.#last) {
      signal.throwIfAborted()
      const { database, collection } = splitNamespace(name)
      await session.putView(database, collection, definition)
    }
  }

  #allDropped(prefix: string): void {
    const listed = Object.values(this.selection.namespaces)
      .filter(({ type }) => type !== 'collection')
      .map((namespace) => liveName(namespace, this.selection))
    for (const name of [...listed, ...this.#last.keys()]) {
      if (name.startsWith(prefix)) this.#last.set(name, undefined)
    }
  }
}
