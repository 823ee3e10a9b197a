import type { ChangeRefused, DocumentChange, Documents } from '../../ports/documents.js'
import type { PutBackList } from '../../ports/putBackLists.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { Conflicts, hashOf, type Conflict } from '../dr/putBack.js'
import { deletedSum } from './knownDocuments.js'
import type { PlannedChange } from './simulate.js'

/** Documents, and bytes of documents, that are changed together; documents that are tied always are. */
const together = { documents: 500, bytes: 4 * 1024 * 1024 }

/** Bytes of documents that wait for another one to make room in a unique index; more of them are not tried again. */
const mostWaiting = 16 * 1024 * 1024

/** A document that was changed; the document itself is not kept. */
export interface PlayedDocument extends Pick<PlannedChange, 'namespace' | 'key' | 'id'> {
  /** The SHA-256 that it is to have now. */
  readonly sum: string
}

/** Documents that changed meanwhile, or that the server refuses, for one collection. */
export interface RefusedChanges {
  readonly namespace: string
  readonly conflicts: readonly Conflict[]
}

/** Documents that change all or none. */
type Tied = readonly PlannedChange[]

/**
 * Changes documents, each only as long as it is what it was when this was planned; those that are tied all or none. What is about to be
 * changed is on the list before it is.
 */
export class PlayingBack {
  readonly done: PlayedDocument[] = []
  readonly #refused = new Map<string, Conflicts>()
  #waiting: Tied[] = []
  #waitingBytes = 0

  constructor(
    private readonly stored: Pick<Documents, 'change'>,
    private readonly list: PutBackList,
    private readonly signal: AbortSignal,
  ) {}

  /** Throws what writing throws, and the signal's reason. */
  async play(changes: readonly PlannedChange[]): Promise<void> {
    for (const batch of batches(tiedOnes(changes))) {
      if ((await this.#tried(batch.flat())) === undefined) continue
      for (const own of batch) {
        const because = await this.#tried(own)
        if (because === undefined) continue
        const bytes = this.#waitingBytes + bytesOf(own)
        if (because !== 'unique index' || bytes > mostWaiting) this.#refuse(own, because)
        else {
          this.#waiting.push(own)
          this.#waitingBytes = bytes
        }
      }
    }
  }

  /** Tries once more what another document was in the way of: that one may have been changed since. */
  async end(): Promise<void> {
    for (let before = Infinity; this.#waiting.length < before;) {
      before = this.#waiting.length
      const again = this.#waiting
      this.#waiting = []
      for (const own of again) {
        const because = await this.#tried(own)
        if (because === 'unique index') this.#waiting.push(own)
        else if (because !== undefined) this.#refuse(own, because)
      }
    }
    for (const own of this.#waiting) this.#refuse(own, 'unique index')
    this.#waiting = []
  }

  get refused(): readonly RefusedChanges[] {
    return [...this.#refused].map(([namespace, found]) => ({ namespace, conflicts: found.all() }))
  }

  async #tried(own: Tied): Promise<ChangeRefused | undefined> {
    this.signal.throwIfAborted()
    await noteDown(own, this.list)
    const because = await this.stored.change(own.map(asChange))
    if (because !== undefined) return because
    for (const { namespace, key, id, after } of own)
      this.done.push({ namespace, key, id, sum: sumOf(after) })
    return undefined
  }

  #refuse(own: Tied, because: ChangeRefused): void {
    for (const { namespace, id } of own) {
      const found = this.#refused.get(namespace) ?? new Conflicts()
      this.#refused.set(namespace, found)
      found.add(wordsOf(because, own), id)
    }
  }
}

async function noteDown(changes: Tied, list: PutBackList): Promise<void> {
  for (const namespace of new Set(changes.map((one) => one.namespace))) {
    const own = changes.filter((one) => one.namespace === namespace)
    const documents = own.map(({ id, after, writes }) => ({ id, sha256: sumOf(after), writes }))
    await list.about({ namespace: namespaceOf(namespace), documents })
  }
}

function sumOf(after: Buffer | undefined): string {
  return after ? hashOf(after) : deletedSum
}

function asChange({ namespace, id, before, after }: PlannedChange): DocumentChange {
  return {
    namespace: namespaceOf(namespace),
    id,
    ...(before ? { before } : {}),
    ...(after ? { after } : {}),
  }
}

function tiedOnes(changes: readonly PlannedChange[]): readonly Tied[] {
  const ties = new Map<string, PlannedChange[]>()
  for (const change of changes) {
    const own = ties.get(change.tie)
    if (own) own.push(change)
    else ties.set(change.tie, [change])
  }
  return [...ties.values()]
}

function* batches(tied: readonly Tied[]): Generator<readonly Tied[]> {
  let batch: Tied[] = []
  let [documents, bytes] = [0, 0]
  for (const own of tied) {
    const size = bytesOf(own)
    const isFull = documents + own.length > together.documents || bytes + size > together.bytes
    if (isFull && batch.length > 0) {
      yield batch
      batch = []
      documents = 0
      bytes = 0
    }
    batch.push(own)
    documents += own.length
    bytes += size
  }
  if (batch.length > 0) yield batch
}

/** What was there is read from the server too, as the condition under which it is changed. */
function bytesOf(own: Tied): number {
  return own.reduce(
    (sum, { before, after }) => sum + (before?.length ?? 0) + (after?.length ?? 0),
    0,
  )
}

function wordsOf(because: ChangeRefused, { length }: Tied): string {
  const of = length > 1 ? ', or one that a transaction ties it to' : ''
  switch (because) {
    case 'same id':
    case 'changed meanwhile':
      return `it was written to after the plan was made${of}`
    case 'unique index':
      return `another document has what is unique in an index${of}`
    case 'validator':
      return `the rules of the collection (validator) forbid it now${of}`
    case 'inexact':
      return `it has a field twice, an empty timestamp, or a type that no driver writes any more${of}`
    case 'refused':
      return `the server refuses it${of}`
  }
}
