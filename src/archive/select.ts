import { ArchiveReader } from './reader.js'
import { ArchiveSelector } from './select/archiveSelector.js'
import type { Selection } from './select/selection.js'

export { isDatabaseName, type IndexesApart, type Selection } from './select/selection.js'
export type { ViewChange } from './select/viewChange.js'
export type { RawIndex } from './select/withoutIndexes.js'

/**
 * A part of a raw archive, as an archive: mongorestore refuses to choose namespaces (`--nsInclude`, `--nsFrom`) together
 * with `--oplogReplay`, so the stream itself is cut. Documents pass as they are; oplog entries are chosen and renamed
 * one by one. The archive that comes in is checked to its end, what is dropped of it included; its checksums are left to
 * whoever reads the part where `proven` says that the bytes are known to be those of an archive that was checked before.
 *
 * Parts may be memory of the source's chunk: they are to be used up before the next one is asked for. Throws what
 * `ArchiveReader` throws, OPLOG_CANNOT_SELECT, SELECTION_COLLIDES (refused), DATABASE_NAME_INVALID (usage).
 */
export async function* selectNamespaces(
  source: AsyncIterable<Uint8Array>,
  selection: Selection,
  { proven = false }: { readonly proven?: boolean } = {},
): AsyncGenerator<Buffer, void, undefined> {
  const selector = new ArchiveSelector(selection)
  const reader = new ArchiveReader({ alongside: selector, checksums: !proven })
  for await (const chunk of source) {
    reader.feed(chunk)
    yield* selector.take()
  }
  reader.end()
}
