import type { Namespace } from './documents.js'

/** A document that is put back: a document of nothing but its `_id`, and the SHA-256 of all its bytes. */
export interface ListedDocument {
  readonly id: Uint8Array
  readonly sha256: string
  /** Of one that writes were played back to: how many of those that were kept. */
  readonly writes?: number
}

/** Documents of one collection. */
export interface ListedBatch {
  readonly namespace: Namespace
  readonly documents: readonly ListedDocument[]
}

/** A list that is being written. */
export interface PutBackList {
  /** Writes down what is about to be put back; it is on the disk when this resolves. */
  about(batch: ListedBatch): Promise<void>
  /** Writes down which of the batch before, by their places in it, were not put back. */
  butNot(places: readonly number[]): Promise<void>
  close(): Promise<void>
}

/**
 * What was put back into servers, document by document: by it `ops undo` tells what is its own. Kept with the records, as
 * private as they are. Throws `STATE_UNWRITABLE` (environment), `STATE_FULL` (space), and for a list that is lost or damaged
 * `PUT_BACK_LIST_LOST` (integrity): nothing tells any more what was put back.
 */
export interface PutBackLists {
  /** Begins a list of that name, or goes on with it. */
  write(name: string): Promise<PutBackList>
  /** The batches of a list, one at a time. A last one that was not written whole was not put back. */
  read(name: string): AsyncIterable<ListedBatch>
}
