import { requireBackupId } from '../../domain/backupId.js'
import { travelling, type S3Place } from '../../domain/copyPlace.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Clock } from '../../ports/clock.js'
import type { CopyPlace, CopyProbe, CopySource, CopyWatch, PutResult } from '../../ports/copies.js'
import type { Secrets } from '../../ports/secrets.js'
import { idOfFile } from '../shelf/layout.js'
import { conflict, requireSameBytes, there } from './sameBytes.js'
import { persistent, s3Bucket, type Persistence, type S3Bucket } from './s3Client.js'
import { imagesFolder } from '../images/folderImages.js'
import { findManifest, folderOf, listCopies, objectsIn, putSmall } from './s3Objects.js'
import { lacksKit, putBeside } from './s3Beside.js'
import { readObject } from './s3Read.js'
import { kitInBucket, targetsInBucket } from './s3Targets.js'
import { removeObject, removeObjects, sweepObjects } from './s3Remove.js'
import {
  bringFileToBucket,
  bringSliceToBucket,
  holdingsInBucket,
  readSliceObject,
  removeSliceObjects,
  slicesInBucket,
} from './s3Slices.js'
import { uploadFile, type ObjectTraits } from './s3Upload.js'
import { giveUpAbandoned } from './s3Uploads.js'

/** What an S3 place needs of the world. */
export interface S3World {
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
}

/** Copies in a bucket, named as on a shelf: `<prefix><target>/<id>…`. */
export function s3Place(
  settings: S3Place,
  { secrets, clock }: S3World,
  how: Persistence = persistent,
): CopyPlace {
  const bucket = s3Bucket(settings, secrets, how)
  const keyOf = (manifest: Manifest, ending = '') => {
    const folder = folderOf(bucket, manifest.target)
    return ending === '' ? `${folder}${manifest.file}` : `${folder}${manifest.id}${ending}`
  }
  const read = (manifest: Manifest, signal: AbortSignal) =>
    readObject(bucket, keyOf(manifest), manifest, signal)

  const imageKey = (file: string) => `${folderOf(bucket, imagesFolder)}${file}`

  return {
    name: settings.name,
    type: 's3',
    where: bucket.where,
    put: (source, watch) => put(bucket, keyOf, source, clock.now(), watch),
    list: (target, signal) => listCopies(bucket, target, signal),
    read,
    verify: (manifest, { signal, progress }) =>
      requireSameBytes(read(manifest, signal), bucket.where, manifest, progress),

    remove: (manifest, signal) => removeObjects(bucket, manifest, clock.now(), signal),

    sweep: (target, signal) => sweepObjects(bucket, target, signal),

    slices: (target, signal) => slicesInBucket(bucket, target, signal),

    bringSlice: (file, watch) =>
      bringSliceToBucket(bucket, file, traitsOf(settings, clock.now()), watch),

    images: (signal) => objectsIn(bucket, imagesFolder, signal),

    bringImage: (file, watch) =>
      bringFileToBucket(bucket, imageKey(file.name), file, traitsOf(settings, clock.now()), watch),

    readImage: (file, signal) => readObject(bucket, imageKey(file), { file }, signal),

    removeImage: (file, signal) => removeObject(bucket, imageKey(file), signal),

    targets: (signal) => targetsInBucket(bucket, signal),

    kit: (manifest, signal) => kitInBucket(bucket, manifest, signal),

    sliceHoldings: (target, signal) => holdingsInBucket(bucket, target, signal),

    readSlice: (target, name, signal) => readSliceObject(bucket, target, name, signal),

    removeSlice: (slice, signal) => removeSliceObjects(bucket, slice, clock.now(), signal),

    probe: (signal) => probe(bucket, signal),
  }
}

type KeyOf = (manifest: Manifest, ending?: string) => string

async function put(
  bucket: S3Bucket,
  keyOf: KeyOf,
  source: CopySource,
  now: Date,
  watch: CopyWatch,
): Promise<PutResult> {
  const { manifest } = source
  const { signal } = watch
  const { settings } = bucket
  const id = requireBackupId(manifest.id)
  const lock = lockUntil(settings, now)
  const text = `${JSON.stringify({ ...travelling(manifest), id }, undefined, 1)}\n`
  const whole = await isThere(bucket, keyOf(manifest), manifest, signal)
  if (whole && source.anew !== true) {
    const because = 'the object has the size of the manifest'
    if (!(await lacksKit(bucket, source, signal))) return there(because)
    await putBeside(bucket, source, lock, signal)
    await putSmall(bucket, keyOf(manifest, '.json'), text, lock, signal)
    return there(`${because}; its recovery kit was brought`)
  }

  const folder = folderOf(bucket, manifest.target)
  const isOurs = (key: string) => idOfFile(key.slice(folder.length)) !== undefined
  await giveUpAbandoned(bucket, folder, isOurs, now, signal)
  const traits = traitsOf(settings, now)
  const { resumedBytes, because } = await uploadFile(bucket, keyOf(manifest), source, traits, watch)
  const sum = `${manifest.sha256}  ${manifest.file}\n`
  await putSmall(bucket, keyOf(manifest, '.sha256'), sum, lock, signal)
  await putBeside(bucket, source, lock, signal)
  await putSmall(bucket, keyOf(manifest, '.json'), text, lock, signal)
  return { done: 'copied', because, resumedBytes }
}

/** Throws `COPY_CONFLICT` (refused) where the manifest there is that of another backup. */
async function isThere(
  bucket: S3Bucket,
  key: string,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await findManifest(bucket, manifest.target, manifest.id, signal)
  if (found === undefined || 'reason' in found) return false
  if (found.manifest.sha256 !== manifest.sha256) throw conflict(manifest.id, bucket.where)
  const at = { Bucket: bucket.settings.bucket, Key: key }
  const object = await bucket.find((s3, options) => s3.headObject(at, options), signal)
  return object?.ContentLength === manifest.bytes
}

function traitsOf(settings: S3Place, now: Date): ObjectTraits {
  // Services other than AWS have classes of their own, which the SDK's type does not know.
  const storageClass = settings.storageClass as ObjectTraits['StorageClass']
  const stored = storageClass === undefined ? {} : { StorageClass: storageClass }
  return { ...lockUntil(settings, now), ...stored }
}

function lockUntil({ objectLock }: S3Place, now: Date): ObjectTraits {
  if (objectLock === undefined) return {}
  const until = new Date(now.getTime() + objectLock.days * 24 * 3600 * 1000)
  return {
    ObjectLockMode: objectLock.mode === 'compliance' ? 'COMPLIANCE' : 'GOVERNANCE',
    ObjectLockRetainUntilDate: until,
  }
}

/** Nobody waits for a service that is gone while a doctor looks. */
const once: Persistence = { retries: 0, minTimeout: 0, maxTimeout: 0 }

/** Writes, reads and removes a small object. A key that may not remove anything is a good key: then it stays. */
async function probe(bucket: S3Bucket, signal: AbortSignal): Promise<CopyProbe> {
  const { settings } = bucket
  const at = { Bucket: settings.bucket, Key: `${settings.prefix}.ops-probe` }
  const listed = { Bucket: settings.bucket, Prefix: settings.prefix, MaxKeys: 1 }
  await bucket.send((s3, options) => s3.listObjectsV2(listed, options), signal, once)
  await bucket.send(
    (s3, options) => s3.putObject({ ...at, Body: Buffer.from('proof') }, options),
    signal,
    once,
  )
  const text = await bucket.send(
    async (s3, options) => (await s3.getObject(at, options)).Body?.transformToString(),
    signal,
    once,
  )
  if (text !== 'proof')
    throw new Failure('failed', 'COPY_REFUSED', `${bucket.where} gives back what was not written`, [
      'ops doctor',
    ])
  await bucket
    .send((s3, options) => s3.deleteObject(at, options), signal, once)
    .catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== 'COPY_DENIED') throw error
    })
  return judged(settings)
}

function judged({ endpoint }: S3Place): CopyProbe {
  if (endpoint === undefined) return { elsewhere: true, because: 'AWS', doubts: [] }
  const { protocol, hostname, host } = new URL(endpoint)
  const local = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
  return {
    elsewhere: !local,
    because: local ? `${host} is this machine` : host,
    doubts: protocol === 'http:' && !local ? ['http: copies travel in clear over the network'] : [],
  }
}
