import {
  inspectDataFiles,
  inspectedDataFiles,
  type DataFilesInspection,
} from '../../archive/dataFiles.js'
import type { DataFilesFacts } from '../../domain/dataFiles.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'

/** A copy of data files that was read to its end and found whole. */
export interface DataFilesSource {
  readonly manifest: Manifest
  readonly facts: DataFilesFacts
  readonly path: string
}

/**
 * Reads a copy to its end and holds it against its manifest; one that is not what that says is marked as damaged. Throws
 * `CHECKSUM_MISMATCH`, and the damage (integrity).
 */
export async function openDataFiles(
  entry: ShelfEntry,
  shelf: Shelf,
  clock: Clock,
): Promise<DataFilesSource> {
  const { manifest, path } = entry
  try {
    const inspected = await inspectDataFiles(shelf.read(path))
    return { manifest, path, facts: requireSameFiles(manifest, inspected) }
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

/** Holds what was read against the manifest. Throws `CHECKSUM_MISMATCH` (integrity). */
export function requireSameFiles(manifest: Manifest, found: DataFilesInspection): DataFilesFacts {
  const { dataFiles } = manifest
  const differs = (what: string, is: unknown, should: unknown): never => {
    throw new Failure(
      'integrity',
      'CHECKSUM_MISMATCH',
      `its ${what} is ${String(is)}, its manifest says ${String(should)}`,
      ['ops backup verify --all'],
    )
  }
  if (found.fileBytes !== manifest.bytes) differs('size', found.fileBytes, manifest.bytes)
  if (found.sha256 !== manifest.sha256) differs('SHA-256', found.sha256, manifest.sha256)
  if (found.contents.files !== dataFiles?.files)
    differs('number of files', found.contents.files, dataFiles?.files)
  return dataFiles ?? differs('description', 'there', 'nothing')
}

/** The tar inside, read once more on its way to the server: a file that changed since it was read is noticed at its end. */
export async function* unchanged(
  { manifest, path }: DataFilesSource,
  shelf: Shelf,
  passed: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const reading = inspectedDataFiles(shelf.read(path))
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
