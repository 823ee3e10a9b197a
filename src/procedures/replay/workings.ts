import { idOf } from '../../archive/documentId.js'
import type { Documents } from '../../ports/documents.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { hashOf } from '../dr/putBack.js'
import { clustersOf, inPortions, type Cluster } from './clusters.js'
import { readById } from './readById.js'
import { keyIn, type KeptWrite } from './readWrites.js'
import { deletedSum, type KnownDocument } from './knownDocuments.js'
import type { ReplayCounts } from './replayCounts.js'
import { simulate, type LiveDocument, type PlannedChange, type WriteJudge } from './simulate.js'

/** How much is in memory at a time, beside the writes themselves. */
export interface WorkingBounds {
  /** Documents that are worked out together, and bytes of them as they are on the server. */
  readonly documents: number
  readonly bytes: number
  /** Bytes of documents that transactions tie together: they cannot be worked out in parts. */
  readonly tied: number
}

const mebibyte = 1024 * 1024
const usual: WorkingBounds = { documents: 1_000, bytes: 64 * mebibyte, tied: 256 * mebibyte }

/**
 * Works out what writes make of documents, a portion at a time: the documents are read when they are needed, and not kept. Whatever
 * is not any more what it was when the plan was made is left alone.
 */
export class Workings {
  readonly #clusters: readonly Cluster[]

  constructor(
    units: readonly (readonly KeptWrite[])[],
    private readonly known: ReadonlyMap<string, KnownDocument>,
    private readonly judge: WriteJudge,
    private readonly bounds: WorkingBounds = usual,
  ) {
    this.#clusters = clustersOf(units)
  }

  /** The changes portion by portion; what becomes of the writes is added to `counts`. Throws what reading throws. */
  async *changes(
    stored: Pick<Documents, 'byId'>,
    counts: ReplayCounts,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PlannedChange[]> {
    for (const portion of inPortions(this.#clusters, this.bounds.documents))
      yield* this.#work(portion, stored, counts, signal)
  }

  async *#work(
    portion: readonly Cluster[],
    stored: Pick<Documents, 'byId'>,
    counts: ReplayCounts,
    signal: AbortSignal,
  ): AsyncGenerator<readonly PlannedChange[]> {
    const documents = await this.#read(portion, stored, signal)
    if (!documents && portion.length > 1) {
      const half = Math.ceil(portion.length / 2)
      yield* this.#work(portion.slice(0, half), stored, counts, signal)
      yield* this.#work(portion.slice(half), stored, counts, signal)
      return
    }
    const units = portion.flatMap((one) => one.units)
    yield simulate(units, documents ?? tooLarge(portion), this.judge, counts)
  }

  /** Nothing where they are too large together. */
  async #read(
    portion: readonly Cluster[],
    stored: Pick<Documents, 'byId'>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, LiveDocument> | undefined> {
    const most = portion.length > 1 ? this.bounds.bytes : this.bounds.tied
    const wanted = new Map<string, Buffer[]>()
    for (const [key, { namespace, id }] of documentsOf(portion)) {
      if (this.known.get(key)?.state === 'changed') continue
      const own = wanted.get(namespace) ?? []
      wanted.set(namespace, own)
      own.push(id)
    }
    const found = new Map<string, Buffer>()
    let bytes = 0
    for (const [namespace, ids] of wanted)
      for await (const document of readById(stored, namespaceOf(namespace), ids, signal)) {
        bytes += document.length
        if (bytes > most) return undefined
        found.set(keyIn(namespace, idOf(document)), Buffer.from(document))
      }
    const live = new Map<string, LiveDocument>()
    for (const [key] of documentsOf(portion)) live.set(key, this.#live(key, found.get(key)))
    return live
  }

  #live(key: string, document: Buffer | undefined): LiveDocument {
    const known = this.known.get(key)
    if (!known || known.state === 'changed')
      return { state: 'unfit', because: 'somebody wrote to it since the restore' }
    const sum = document ? hashOf(document) : deletedSum
    if (sum !== known.sum)
      return { state: 'unfit', because: 'it was written to after the plan was made' }
    const own = document ? { document } : {}
    return known.state === 'played'
      ? { state: 'played', writes: known.writes, ...own }
      : { state: 'restored', ...own }
  }
}

function* documentsOf(portion: readonly Cluster[]): Generator<readonly [string, KeptWrite]> {
  for (const { documents } of portion) yield* documents
}

function tooLarge(portion: readonly Cluster[]): ReadonlyMap<string, LiveDocument> {
  const because = 'it and what transactions tie it to are too large to be worked out together'
  return new Map([...documentsOf(portion)].map(([key]) => [key, { state: 'unfit', because }]))
}
