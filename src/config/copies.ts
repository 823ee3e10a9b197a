import type { CopyPlaceSettings, DirectoryPlace, S3Place } from '../domain/copyPlace.js'
import type { CopyFile } from './copiesSchema.js'
import { defaults } from './defaults.js'
import { secretReference } from './secrets.js'
import { shownSecret, type Setting } from './setting.js'

type Absolute = (path: string) => string

/** The place that an entry of `backup.copies` stands for. */
export function copyPlace(file: CopyFile, absolute: Absolute): CopyPlaceSettings {
  return file.type === 's3' ? bucketPlace(file, absolute) : folder(file, absolute)
}

function folder(
  { name, type, path, requireMount }: Extract<CopyFile, { type: 'directory' }>,
  absolute: Absolute,
): DirectoryPlace {
  return {
    name,
    type,
    path: absolute(path),
    requireMount: requireMount ?? defaults.copies.requireMount,
  }
}

/** Services other than AWS are asked by path: few have a host name for each bucket. */
function bucketPlace(file: Extract<CopyFile, { type: 's3' }>, absolute: Absolute): S3Place {
  const { prefix = '', region, forcePathStyle, accessKeyId, secretAccessKey, ...rest } = file
  return {
    ...rest,
    region: region ?? defaults.copies.region,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    accessKeyId: secretReference(accessKeyId, absolute),
    secretAccessKey: secretReference(secretAccessKey, absolute),
    forcePathStyle: forcePathStyle ?? file.endpoint !== undefined,
  }
}

/** The places as `ops config show` prints them; secrets as references. */
export function copySettings(places: readonly CopyPlaceSettings[]): readonly Setting[] {
  return places.flatMap((place, index) => {
    const shown =
      place.type === 's3'
        ? {
            ...place,
            accessKeyId: shownSecret(place.accessKeyId),
            secretAccessKey: shownSecret(place.secretAccessKey),
          }
        : place
    return Object.entries(shown).map(([key, value]: [string, unknown]) => ({
      path: ['backup', 'copies', index, key],
      value,
    }))
  })
}
