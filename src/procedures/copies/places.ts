import { Failure } from '../../domain/failure.js'
import { nearestName } from '../../domain/nearest.js'
import type { CopyPlace } from '../../ports/copies.js'

/** The place of that name. Throws `COPY_PLACE_UNKNOWN` (not-found), `COPY_NO_PLACE` (usage) where there are none. */
export function placeNamed(name: string, places: readonly CopyPlace[]): CopyPlace {
  const names = somePlaces(places).map((place) => place.name)
  const found = places.find((place) => place.name === name)
  if (found) return found
  const meant = nearestName(name, names)
  throw new Failure(
    'not-found',
    'COPY_PLACE_UNKNOWN',
    `there is no place "${name}" in backup.copies${meant === undefined ? '' : `; did you mean "${meant}"?`} (it has: ${names.join(', ')})`,
    ['ops config show'],
  )
}

/** The places, at least one. Throws `COPY_NO_PLACE` (usage). */
export function somePlaces(places: readonly CopyPlace[]): readonly CopyPlace[] {
  if (places.length > 0) return places
  throw new Failure(
    'usage',
    'COPY_NO_PLACE',
    'ops.yaml names no place for copies: backups lie on the shelf only',
    ['backup.copies in ops.yaml', 'ops config show'],
  )
}
