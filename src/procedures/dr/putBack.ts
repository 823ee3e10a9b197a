import { createHash } from 'node:crypto'
import { idOf, idText } from '../../archive/documentId.js'
import type { Documents, RefusedDocument } from '../../ports/documents.js'
import type { PutBackList } from '../../ports/putBackLists.js'
import { inBatches } from '../inBatches.js'
import type { DeletionSource } from './deletionSources.js'

/** Documents, and bytes of documents, that are put back together. */
const atOnce = { documents: 1_000, bytes: 8 * 1024 * 1024 }

/** Ids that are shown of each kind of conflict. */
const shown = 20

/** Documents that were not put back, for one reason. */
export interface Conflict {
  readonly because: string
  readonly count: number
  /** Some of their ids, Extended JSON. Nothing else of a document is ever shown. */
  readonly ids: readonly string[]
}

/** What became of the documents of one collection. */
export interface PutBackCount {
  readonly namespace: string
  /** All that were to be put back. */
  readonly documents: number
  readonly putBack: number
  /** Were there, the same in every byte. */
  readonly alreadyThere: number
  readonly conflicts: readonly Conflict[]
}

/** Two servers: where the documents come from, and where they belong. */
export interface BetweenServers {
  readonly scratch: Documents
  readonly live: Documents
  readonly list: PutBackList
  readonly signal: AbortSignal
}

/**
 * Puts documents back that are not there, a batch at a time; never over one that is. What is about to be put back is on the
 * list before it is.
 */
export async function putBack(
  { from, to, name }: Pick<DeletionSource, 'from' | 'to' | 'name'>,
  { scratch, live, list, signal }: BetweenServers,
  passed: (bytes: number) => void,
): Promise<PutBackCount> {
  const conflicts = new Conflicts()
  let documents = 0
  let putBackCount = 0
  let alreadyThere = 0
  for await (const batch of inBatches(scratch.all(from, signal), atOnce)) {
    const ids = batch.map(idOf)
    const there = new Map<string, string>()
    for await (const document of live.byId(to, ids))
      there.set(keyOf(idOf(document)), hashOf(document))
    const missing: {
      readonly document: Uint8Array
      readonly id: Buffer
      readonly sha256: string
    }[] = []
    for (const [at, document] of batch.entries()) {
      const id = ids[at] ?? idOf(document)
      const sha256 = hashOf(document)
      const found = there.get(keyOf(id))
      if (found === undefined) missing.push({ document, id, sha256 })
      else if (found === sha256) alreadyThere++
      else conflicts.add('one with its _id is there, with other content', id)
    }
    documents += batch.length
    if (missing.length > 0) {
      signal.throwIfAborted()
      await list.about({ namespace: to, documents: missing })
      const refused = await live.insert(
        to,
        missing.map(({ document }) => document),
      )
      if (refused.length > 0) await list.butNot(refused.map(({ at }) => at))
      for (const one of refused) conflicts.add(reasonOf(one), missing[one.at]?.id)
      putBackCount += missing.length - refused.length
    }
    passed(batch.reduce((sum, document) => sum + document.length, 0))
  }
  return {
    namespace: name,
    documents,
    putBack: putBackCount,
    alreadyThere,
    conflicts: conflicts.all(),
  }
}

/** What tells documents of one collection from each other. */
export function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('latin1')
}

/** SHA-256 of the bytes of a document. */
export function hashOf(document: Uint8Array): string {
  return createHash('sha256').update(document).digest('hex')
}

/** Counts ids by a reason, and remembers some of each. */
export class Conflicts {
  readonly #found = new Map<string, { count: number; ids: string[] }>()

  add(because: string, id: Uint8Array | undefined): void {
    const known = this.#found.get(because) ?? { count: 0, ids: [] }
    known.count++
    if (id && known.ids.length < shown) known.ids.push(idText(id))
    this.#found.set(because, known)
  }

  all(): readonly Conflict[] {
    return [...this.#found].map(([because, found]) => ({ because, ...found }))
  }
}

function reasonOf({ because, index, code }: RefusedDocument): string {
  switch (because) {
    case 'same id':
      return 'one with its _id is there, with other content'
    case 'unique index':
      return `another document has what is unique in ${index === undefined ? 'an index' : `the index ${index}`}`
    case 'validator':
      return 'the rules of the collection (validator) forbid it now'
    case 'refused':
      return `the server refuses it${code === undefined ? '' : ` (error ${code.toString()})`}`
    case 'inexact':
      return 'it has a field twice, or of a type that no driver writes any more'
  }
}
