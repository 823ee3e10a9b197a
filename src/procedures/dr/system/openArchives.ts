import { Failure } from '../../../domain/failure.js'
import type { Manifest } from '../../../domain/manifest.js'
import type { Target } from '../../../domain/target.js'
import { isUnopened } from '../../encryption/keyFor.js'
import { openSource, type Source } from '../../restore/source.js'
import type { Replay } from './replay.js'
import type { SystemRequest } from './request.js'

/** An archive that was read to its end, for one target. */
export interface OpenArchive {
  readonly target: Target
  readonly manifest: Manifest
  readonly source: Source
  /** Where slices lie behind it that are replayed. */
  readonly replay?: Replay
  /** What comes back is as of then. */
  readonly asOf: Date
  /** Removes what was put down for it. */
  discard(): Promise<void>
}

/**
 * Brings the newest archive of a target that holds what its manifest says, and reads it to its end; one that is damaged is passed
 * over for the one before, and that is said. Throws `NO_SOUND_BACKUP` (integrity) where none is left, what `keyFor` throws for a
 * key that is missing or wrong, and what the place throws.
 */
export async function openNewest(
  target: Target,
  manifests: readonly Manifest[],
  { place, sources, signal }: Pick<SystemRequest, 'place' | 'sources' | 'signal'>,
  notes: string[],
): Promise<OpenArchive> {
  let first: Failure | undefined
  for (const manifest of manifests) {
    const wanted = { kind: 'copy', place, id: manifest.id, signal } as const
    try {
      const source = await openSource(wanted, target, sources)
      const asOf = new Date(manifest.consistentAt ?? manifest.takenAt)
      return { target, manifest, source, asOf, discard: () => source.discard() }
    } catch (error) {
      const damaged = error instanceof Failure && error.kind === 'integrity' && !isUnopened(error)
      if (!damaged) throw error
      first ??= error
      notes.push(`${manifest.id} is passed over: ${error.message}`)
    }
  }
  throw new Failure(
    'integrity',
    'NO_SOUND_BACKUP',
    `no backup of "${target.name}" in ${place.where} holds what its manifest says: ${first?.message ?? 'there is none'}`,
    ['ops dr system --from ANOTHER'],
    { cause: first },
  )
}
