import type { ArchiveContents } from '../../domain/contents.js'
import type { Receipt } from '../../domain/receipt.js'
import { partOf } from './part.js'
import type { Selection } from './selection.js'

/** What a procedure replaced, as its receipt has it. */
export type Touched = NonNullable<Receipt['touched']>

/**
 * The part of a safety backup that brings a procedure's state before it back. What was touched and is not in the backup
 * did not exist then: it is not in the selection, and so is surplus.
 */
export function selectionBefore(
  { databases, collection }: Touched,
  contents: ArchiveContents,
): Selection {
  return {
    databases,
    ...partOf(contents, { databases, collection }),
    ...(collection === undefined ? {} : { collection }),
  }
}
