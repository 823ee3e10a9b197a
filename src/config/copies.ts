import type {
  CopyPlaceSettings,
  DirectoryPlace,
  PlaceKeeping,
  S3Place,
} from '../domain/copyPlace.js'
import type { CopyFile } from './copiesSchema.js'
import { defaults } from './defaults.js'
import { durationText } from './duration.js'
import { retentionPolicy } from './retentionPolicy.js'
import { secretReference } from './secrets.js'
import { section, shownSecret, type Setting } from './setting.js'

type Absolute = (path: string) => string

/** The place that an entry of `backup.copies` stands for. */
export function copyPlace(file: CopyFile, absolute: Absolute): CopyPlaceSettings {
  return file.type === 's3' ? bucketPlace(file, absolute) : folder(file, absolute)
}

function folder(
  file: Extract<CopyFile, { type: 'directory' }>,
  absolute: Absolute,
): DirectoryPlace {
  const { name, type, path, requireMount } = file
  return {
    name,
    type,
    path: absolute(path),
    requireMount: requireMount ?? defaults.copies.requireMount,
    ...keeping(file),
  }
}

function keeping({ retention, prune }: Pick<CopyFile, 'retention' | 'prune'>): PlaceKeeping {
  return {
    ...(retention === undefined ? {} : { retention: retentionPolicy(retention) }),
    ...(prune === false ? { prune } : {}),
  }
}

/** Services other than AWS are asked by path: few have a host name for each bucket. */
function bucketPlace(file: Extract<CopyFile, { type: 's3' }>, absolute: Absolute): S3Place {
  const { name, type, bucket, endpoint, storageClass, objectLock } = file
  const { prefix = '', region, forcePathStyle, accessKeyId, secretAccessKey } = file
  return {
    name,
    type,
    bucket,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(storageClass === undefined ? {} : { storageClass }),
    ...(objectLock === undefined ? {} : { objectLock }),
    region: region ?? defaults.copies.region,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    accessKeyId: secretReference(accessKeyId, absolute),
    secretAccessKey: secretReference(secretAccessKey, absolute),
    forcePathStyle: forcePathStyle ?? file.endpoint !== undefined,
    ...keeping(file),
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
    const { retention, ...plain } = shown
    const path = ['backup', 'copies', index]
    return [...section(path, plain), ...retentionSettings(path, retention)]
  })
}

function retentionSettings(
  path: Setting['path'],
  retention: PlaceKeeping['retention'],
): readonly Setting[] {
  if (!retention) return []
  const { keepWithinSeconds, ...counts } = retention
  return section([...path, 'retention'], {
    keepWithin: durationText(keepWithinSeconds),
    ...counts,
  })
}
