import { inspectedDataFiles, type DataFilesInspection } from '../../archive/dataFiles.js'
import type { DataFilesFacts } from '../../domain/dataFiles.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'
import { differs, requireStored, sumOf } from '../encryption/openFile.js'

/** A copy of data files of which every byte is the one that was written. */
export interface DataFilesSource {
  readonly manifest: Manifest
  readonly facts: DataFilesFacts
  readonly path: string
}

/**
 * Reads a copy to its end and holds it against its manifest, from outside: the files inside were proved whole as those bytes
 * were written, and are once more as they are unpacked, before anything is exchanged. One that is not what its manifest says
 * is marked as damaged. Throws `CHECKSUM_MISMATCH` (integrity).
 */
export async function openDataFiles(
  entry: ShelfEntry,
  shelf: Shelf,
  clock: Clock,
): Promise<DataFilesSource> {
  const { manifest, path } = entry
  try {
    requireStored(manifest, await sumOf(path, shelf, {}))
    return { manifest, path, facts: described(manifest) }
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'integrity') throw error
    await shelf.judge(manifest.id, 'damaged', clock.now(), error.message).catch(() => undefined)
    throw new Failure(
      error.kind,
      error.code,
      `${manifest.id} is damaged: ${error.message}`,
      ['ops backup list', 'ops backup verify --all'],
      { cause: error, facts: { ...error.facts, id: manifest.id } },
    )
  }
}

/** Holds what was read, outside and inside, against the manifest. Throws `CHECKSUM_MISMATCH` (integrity). */
export function requireSameFiles(manifest: Manifest, found: DataFilesInspection): DataFilesFacts {
  requireStored(manifest, found)
  const facts = described(manifest)
  if (found.contents.files !== facts.files)
    throw differs('number of files', found.contents.files, facts.files)
  return facts
}

function described({ dataFiles }: Manifest): DataFilesFacts {
  if (!dataFiles) throw differs('description', 'there', 'nothing')
  return dataFiles
}

/** The tar inside, read once more on its way to the server: a file that changed since it was read is noticed at its end. */
export async function* unchanged(
  { manifest, path }: DataFilesSource,
  shelf: Shelf,
  passed: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const reading = inspectedDataFiles(shelf.read(path), manifest.compression.members)
  let bytes = 0
  try {
    for (;;) {
      const next = await reading.next()
      if (next.done) {
        requireSameFiles(manifest, next.value)
        return
      }
      bytes += next.value.length
      passed(bytes)
      yield next.value
    }
  } finally {
    // Given up on half-way: the file is let go of.
    await reading.return(undefined as never).catch(() => undefined)
  }
}
