import { idOf } from '../../archive/documentId.js'
import { Failure } from '../../domain/failure.js'
import type { ChangeRefused, DocumentChange, Documents } from '../../ports/documents.js'
import type { PutBackList } from '../../ports/putBackLists.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { Conflicts, hashOf, type Conflict } from '../dr/putBack.js'
import { deletedSum } from './liveDocuments.js'
import { keyIn } from './readWrites.js'
import type { PlannedChange } from './simulate.js'

/** Documents, and bytes of documents, that are changed together; documents that are tied always are. */
const together = { documents: 500, bytes: 4 * 1024 * 1024 }

/** What playing back came to. */
export interface PlayedBack {
  readonly done: readonly PlannedChange[]
  readonly refused: readonly {
    readonly namespace: string
    readonly conflicts: readonly Conflict[]
  }[]
}

/** Documents that change all or none. */
type Tied = readonly PlannedChange[]

/**
 * Changes documents, each only as long as it is what it was when this was planned; those that are tied all or none. What is about to be
 * changed is on the list before it is. Throws what writing throws, and the signal's reason.
 */
export async function playBack(
  changes: readonly PlannedChange[],
  stored: Pick<Documents, 'change'>,
  list: PutBackList,
  signal: AbortSignal,
): Promise<PlayedBack> {
  const done: PlannedChange[] = []
  const refused = new Map<string, Conflicts>()
  const tried = async (own: Tied): Promise<ChangeRefused | undefined> => {
    signal.throwIfAborted()
    await noteDown(own, list)
    const because = await stored.change(own.map(asChange))
    if (because === undefined) done.push(...own)
    return because
  }
  for (const batch of batches(tiedOnes(changes))) {
    if ((await tried(batch.flat())) === undefined) continue
    for (const own of batch) {
      const because = await tried(own)
      if (because === undefined) continue
      for (const { namespace, id } of own) {
        const found = refused.get(namespace) ?? new Conflicts()
        refused.set(namespace, found)
        found.add(wordsOf(because, own), id)
      }
    }
  }
  return {
    done,
    refused: [...refused].map(([namespace, found]) => ({ namespace, conflicts: found.all() })),
  }
}

/** What is on the live server afterwards. */
export interface PlayedProof {
  readonly proved: number
  /** Changed by somebody else within that time. */
  readonly changedSince: number
}

/** Reads every changed document again. Throws `REPLAY_DIFFERS` (integrity) for one that is still what it was before. */
export async function provePlayed(
  done: readonly PlannedChange[],
  stored: Pick<Documents, 'byId'>,
  signal: AbortSignal,
): Promise<PlayedProof> {
  let [proved, changedSince] = [0, 0]
  for (let at = 0; at < done.length; at += together.documents) {
    signal.throwIfAborted()
    const part = done.slice(at, at + together.documents)
    const there = new Map<string, Uint8Array>()
    for (const namespace of new Set(part.map((one) => one.namespace))) {
      const ids = part.filter((one) => one.namespace === namespace).map(({ id }) => id)
      for await (const document of stored.byId(namespaceOf(namespace), ids))
        there.set(keyIn(namespace, idOf(document)), Buffer.from(document))
    }
    for (const { key, before, after } of part) {
      const found = there.get(key)
      if (isSame(found, after)) proved++
      else if (isSame(found, before)) throw differs()
      else changedSince++
    }
  }
  return { proved, changedSince }
}

function isSame(one: Uint8Array | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : other.equals(one)
}

async function noteDown(changes: Tied, list: PutBackList): Promise<void> {
  for (const namespace of new Set(changes.map((one) => one.namespace))) {
    const own = changes.filter((one) => one.namespace === namespace)
    const documents = own.map(({ id, after }) => ({
      id,
      sha256: after ? hashOf(after) : deletedSum,
    }))
    await list.about({ namespace: namespaceOf(namespace), documents })
  }
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
    // What was there goes to the server too, as the condition under which it is changed.
    const size = own.reduce(
      (sum, { before, after }) => sum + (before?.length ?? 0) + (after?.length ?? 0),
      0,
    )
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
      return `it has a field twice, or of a type that no driver writes any more${of}`
    case 'refused':
      return `the server refuses it${of}`
  }
}

function differs(): Failure {
  return new Failure(
    'integrity',
    'REPLAY_DIFFERS',
    'the server confirmed writes that it does not have: what was played back cannot be relied on',
    ['ops doctor', 'ops undo'],
  )
}
