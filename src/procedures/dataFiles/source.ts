import { inspectedDataFiles, type DataFilesInspection } from '../../archive/dataFiles.js'
import type { DataFilesFacts } from '../../domain/dataFiles.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'
import { differs, requireStored, sumOf } from '../encryption/openFile.js'

/** A copy of data files that can be unpacked. */
export interface DataFilesSource {
  readonly manifest: Manifest
  readonly facts: DataFilesFacts
  readonly path: string
}

/**
 * A copy as its manifest describes it, its bytes not read yet: they are held against the manifest as they are unpacked beside
 * the files in place, which touches none of those. One that is not there with its size, or was found damaged before, is read, which tells what is wrong.
 * Throws what `openDataFiles` throws.
 */
export async function findDataFiles(
  entry: ShelfEntry,
  shelf: Shelf,
  clock: Clock,
): Promise<DataFilesSource> {
  const { manifest, path, present } = entry
  if (!present || manifest.trust === 'damaged') return openDataFiles(entry, shelf, clock)
  return { manifest, path, facts: described(manifest) }
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
    throw await marked(error, manifest, shelf, clock)
  }
}

/** What is found damaged is marked so: no later run takes it for good. */
async function marked(
  error: unknown,
  { id }: Manifest,
  shelf: Shelf,
  clock: Clock,
): Promise<unknown> {
  if (!(error instanceof Failure) || error.kind !== 'integrity') return error
  await shelf.judge(id, 'damaged', clock.now(), error.message).catch(() => undefined)
  return new Failure(
    error.kind,
    error.code,
    `${id} is damaged: ${error.message}`,
    ['ops backup list', 'ops backup verify --all'],
    { cause: error, facts: { ...error.facts, id } },
  )
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

/**
 * The tar inside, on its way to the server. At its end it was held against the manifest, outside and inside: one that is not
 * what was written is marked as damaged. Throws `CHECKSUM_MISMATCH` (integrity), and what `inspectedDataFiles` throws.
 */
export async function* unchanged(
  { manifest, path }: DataFilesSource,
  shelf: Shelf,
  clock: Clock,
  passed: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const reading = inspectedDataFiles(shelf.read(path), manifest.compression)
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
  } catch (error) {
    throw await marked(error, manifest, shelf, clock)
  } finally {
    // Given up on half-way: the file is let go of.
    await reading.return(undefined as never).catch(() => undefined)
  }
}
