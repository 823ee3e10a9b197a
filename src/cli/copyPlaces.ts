import { folderPlace } from '../adapters/copies/folderPlace.js'
import { s3Place, type S3World } from '../adapters/copies/s3Place.js'
import type { BackupSettings } from '../config/config.js'
import type { CopyPlace } from '../ports/copies.js'

/** The places for copies, as `ops.yaml` describes them. None is touched before it is asked for something. */
export function openPlaces(
  { copies, shelf }: Pick<BackupSettings, 'copies' | 'shelf'>,
  world: S3World,
): readonly CopyPlace[] {
  return copies.map((place) =>
    place.type === 's3' ? s3Place(place, world) : folderPlace(place, shelf),
  )
}
