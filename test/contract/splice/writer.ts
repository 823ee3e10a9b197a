import type { ClientSession, Collection, Db, Document, MongoClient, Timestamp } from 'mongodb'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import type { Optime } from '../../../src/domain/contents.js'
import { apply, name as clinic, type Change, type State } from './account.js'
import { catalogueOf } from './server.js'

/** Something the writer did, by its own account. */
export interface Step {
  readonly name: string
  /** Every entry of the oplog that it made is at or before this time, and after that of the step before. */
  readonly at: Optime
  /** Whether it happens at once: with its last entry. */
  readonly isAtomic: boolean
  readonly changes: readonly Change[]
  /** What the server defined afterwards. */
  readonly catalogue: Catalogue
}

/** A document as the writer makes them. */
export interface Kept {
  _id: string
  [field: string]: unknown
}

/** How often something is done, and what. */
export type Action = readonly [weight: number, act: (writer: Writer) => Promise<void>]

/** Collections that come and go. */
export const plainCollections = ['patients', 'visits', 'notes', 'letters', 'drafts']

/** Writes one thing after the other, at random, and keeps account of each. */
export class Writer {
  readonly steps: Step[] = []
  readonly db: Db
  catalogue: Catalogue = {}
  next = 1

  constructor(
    readonly client: MongoClient,
    readonly random: () => number,
  ) {
    this.db = client.db(clinic)
  }

  /** The account up to and including step `last`. */
  stateAfter(last: number): State {
    const state: State = new Map()
    for (const { changes } of this.steps.slice(0, last + 1))
      for (const one of changes) apply(state, one)
    for (const [name, documents] of state) if (documents.size === 0) state.delete(name)
    return state
  }

  async transaction(
    name: string,
    aborts: boolean,
    act: (session: ClientSession, note: (change: Change) => void) => Promise<void>,
  ) {
    await this.step(name, true, true, async (session, note) => {
      const changes: Change[] = []
      session.startTransaction()
      try {
        await act(session, (change) => changes.push(change))
      } catch (error) {
        await session.abortTransaction()
        throw error
      }
      if (aborts) {
        await session.abortTransaction()
        return
      }
      await session.commitTransaction()
      for (const change of changes) note(change)
    })
  }

  async step(
    name: string,
    isAtomic: boolean,
    defines: boolean,
    act: (session: ClientSession, note: (change: Change) => void) => Promise<void>,
  ) {
    const changes: Change[] = []
    const session = this.client.startSession({ causalConsistency: false })
    try {
      await act(session, (change) => changes.push(change))
    } catch (error) {
      // What was refused half way may have been done half way: look, instead of believing.
      throw new Error(`${name}: ${String(error)}`, { cause: error })
    } finally {
      if (defines) this.catalogue = await catalogueOf(this.client)
      // Whoever asks last is answered with the latest time: nobody else writes.
      const pong: Document = await this.client.db('admin').command({ ping: 1 }, { session })
      const time = pong['operationTime'] as Timestamp | undefined
      await session.endSession()
      if (time) {
        const at = { seconds: time.t, ordinal: time.i }
        this.steps.push({ name, at, isAtomic, changes, catalogue: this.catalogue })
      }
    }
  }

  some(name: string, count: number, session: ClientSession) {
    const from = this.id(this.below(this.next))
    return this.of(name)
      .find({ _id: { $gte: from } }, { session })
      .sort({ _id: 1 })
      .limit(count)
      .toArray()
  }

  document(): Kept {
    return {
      _id: this.id(),
      kind: `kind ${this.below(10).toString()}`,
      n: this.below(50),
      note: { deep: this.below(1000), text: 'x'.repeat(this.below(60)) },
      list: Array.from({ length: this.below(5) }, () => this.below(10)),
    }
  }

  anyIndex(): [string, string] | undefined {
    const all = Object.entries(this.catalogue).flatMap(([name, { type, indexes }]) =>
      name.startsWith(`${clinic}.`) && type === 'collection'
        ? indexes.map((index): [string, string] => [name.slice(clinic.length + 1), index.name])
        : [],
    )
    return all.length === 0 ? undefined : this.any(all)
  }

  id(number = this.next++): string {
    return number.toString().padStart(8, '0')
  }

  of(name: string): Collection<Kept> {
    return this.db.collection<Kept>(name)
  }

  exists(name: string): boolean {
    return `${clinic}.${name}` in this.catalogue
  }

  existing(): string {
    return this.any(
      [...plainCollections, 'keyed'].filter(
        (name) =>
          this.exists(name) && this.catalogue[`${clinic}.${name}`]?.options['capped'] !== true,
      ),
    )
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  any<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new Error('nothing to choose from')
    return item
  }
}

/** A refusal of the server (a validator, an index that exists): then nothing was done. */
export function ignoreRefused(error: unknown): undefined {
  if (!/MongoServerError|MongoBulkWriteError/.test(String(error))) throw error
}
