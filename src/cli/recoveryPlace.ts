import { resolve } from 'node:path'
import type { BackupSettings } from '../config/config.js'
import { findConfigFile } from '../config/find.js'
import { readConfig } from '../config/read.js'
import { variable, type Surroundings } from '../config/surroundings.js'
import type { CopyPlaceSettings, S3Place } from '../domain/copyPlace.js'
import { Failure } from '../domain/failure.js'
import { Secret } from '../domain/secret.js'

/** The flags that say where a place is. */
export interface PlaceFlags {
  readonly from: string
  readonly config?: string | undefined
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
}

/**
 * The place that was named: one of an `ops.yaml` that is there, `s3://BUCKET/PREFIX`, or a folder. Keys of a service come from the
 * variables that every tool of its kind reads. Throws `PLACE_UNCLEAR`, `S3_KEYS_MISSING` (usage).
 */
export async function recoveryPlace(
  flags: PlaceFlags,
  around: Surroundings,
): Promise<CopyPlaceSettings> {
  const { from } = flags
  if (from.startsWith('s3://')) return bucketPlace(flags, around)
  if (from.trim() === '' || from.includes('://'))
    throw new Failure(
      'usage',
      'PLACE_UNCLEAR',
      `"${from}" is neither a folder nor s3://BUCKET/PREFIX`,
      [
        'ops dr system --from /mnt/copy',
        'ops dr system --from s3://BUCKET/PREFIX --endpoint https://…',
      ],
    )
  const named = (await placesOf(flags, around)).find(({ name }) => name === from)
  if (named) return named
  return { name: 'copy', type: 'directory', path: resolve(around.cwd, from), requireMount: false }
}

/** A configuration that is not there, or not in order, is what this command is for. */
async function placesOf(
  { config }: PlaceFlags,
  around: Surroundings,
): Promise<BackupSettings['copies']> {
  try {
    const { path } = await findConfigFile(config, around)
    return (await readConfig(path, around)).config.backup.copies
  } catch (error) {
    if (error instanceof Failure && config === undefined) return []
    throw error
  }
}

function bucketPlace({ from, endpoint, region }: PlaceFlags, around: Surroundings): S3Place {
  const [, bucket = '', inside = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(from) ?? []
  if (bucket === '')
    throw new Failure('usage', 'PLACE_UNCLEAR', `"${from}" names no bucket`, [
      'ops dr system --from s3://BUCKET/PREFIX',
    ])
  const prefix = inside.replaceAll(/^\/+|\/+$/g, '')
  const address =
    endpoint ?? variable(around, 'AWS_ENDPOINT_URL_S3') ?? variable(around, 'AWS_ENDPOINT_URL')
  return {
    name: 'bucket',
    type: 's3',
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    region:
      region ??
      variable(around, 'AWS_REGION') ??
      variable(around, 'AWS_DEFAULT_REGION') ??
      'us-east-1',
    ...(address === undefined ? {} : { endpoint: address }),
    forcePathStyle: address !== undefined,
    accessKeyId: keyFrom('AWS_ACCESS_KEY_ID', around),
    secretAccessKey: keyFrom('AWS_SECRET_ACCESS_KEY', around),
  }
}

function keyFrom(name: string, around: Surroundings): S3Place['accessKeyId'] {
  const value = variable(around, name)
  if (value !== undefined) return { from: 'value', value: new Secret(value) }
  throw new Failure(
    'usage',
    'S3_KEYS_MISSING',
    `the key of the bucket is not known: ${name} is not set`,
    [
      'export AWS_ACCESS_KEY_ID=…',
      'IFS= read -rs AWS_SECRET_ACCESS_KEY && export AWS_SECRET_ACCESS_KEY',
    ],
  )
}
