import { basename } from 'node:path'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import { requireSliceFile } from '../../domain/oplog/sliceName.js'
import type { CopyWatch, PlacedFile } from '../../ports/copies.js'
import type { SliceHoldings } from '../../ports/slices.js'
import { sliceLayout, sorted } from '../slices/layout.js'
import { anchorIn, gapIn, sliceManifestIn, type Paper } from '../slices/papers.js'
import { readObject } from './s3Read.js'
import { removeObject, requireUnlocked } from './s3Remove.js'
import type { S3Bucket } from './s3Client.js'
import { folderOf, putSmall, sizesIn } from './s3Objects.js'
import { PassingBytes, sourceChanged } from './sameBytes.js'
import { uploadFile, type ObjectTraits } from './s3Upload.js'

/** What the names of slices begin with, below the folder of a target. */
const below = 'oplog/'

/** Bytes up to which a file is sent in one request, out of memory. */
const small = 8 * 1024 * 1024

/** Names and bytes of what lies in the bucket of a target's slices. */
export async function slicesInBucket(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const all = await sizesIn(bucket, target, signal)
  return new Map(
    [...all]
      .filter(([name]) => name.startsWith(below))
      .map(([name, bytes]) => [name.slice(below.length), bytes]),
  )
}

/** Sends a file: each request with its MD5, by which the service checks what arrived. */
export async function bringSliceToBucket(
  bucket: S3Bucket,
  file: PlacedFile,
  traits: ObjectTraits,
  watch: CopyWatch,
): Promise<void> {
  const key = `${folderOf(bucket, file.target)}${below}${file.name}`
  await bringFileToBucket(bucket, key, file, traits, watch)
}

/** The same for a file under any key. */
export async function bringFileToBucket(
  bucket: S3Bucket,
  key: string,
  { name, bytes, sha256, read }: Omit<PlacedFile, 'target'>,
  traits: ObjectTraits,
  watch: CopyWatch,
): Promise<void> {
  const manifest = { id: name, bytes, sha256 }
  if (bytes > small) {
    await uploadFile(bucket, key, { manifest, read }, traits, watch)
    return
  }
  const passing = new PassingBytes()
  const parts: Uint8Array[] = []
  for await (const chunk of read()) {
    watch.signal.throwIfAborted()
    passing.feed(chunk)
    if (passing.bytes <= bytes) parts.push(chunk)
  }
  const difference = passing.difference(manifest)
  if (difference !== undefined) throw sourceChanged(name, difference)
  await putSmall(bucket, key, Buffer.concat(parts), traits, watch.signal)
}

/** What the papers in the bucket say, some fetched at a time. */
export async function holdingsInBucket(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<SliceHoldings> {
  const sizes = await slicesInBucket(bucket, target, signal)
  const { slices, gaps, anchors } = sorted([...sizes.keys()])
  const names = sliceLayout('', target)
  const unreadable: { file: string; reason: string }[] = []
  const fetched = async <Key, Content>(
    keys: readonly Key[],
    nameOf: (key: Key) => string,
    parse: (text: string, key: Key) => Paper<Content>,
  ): Promise<readonly Content[]> => {
    const found: Content[] = []
    for (let from = 0; from < keys.length; from += atOnce) {
      const some = keys.slice(from, from + atOnce)
      const texts = await Promise.all(
        some.map((key) => textOf(bucket, target, basename(nameOf(key)), signal)),
      )
      for (const [index, key] of some.entries()) {
        const paper = parse(texts[index] ?? '', key)
        if ('paper' in paper) found.push(paper.paper)
        else unreadable.push({ file: `${bucket.where} ${basename(nameOf(key))}`, ...paper })
      }
    }
    return found
  }
  const manifests = await fetched(
    slices.map(({ id }) => id),
    (id) => names.manifest(id),
    sliceManifestIn,
  )
  return {
    slices: manifests.map((manifest) => ({
      manifest,
      present: sizes.get(manifest.file) === manifest.bytes,
    })),
    anchors: await fetched(anchors, (base) => names.anchor(base), anchorIn),
    gaps: await fetched(gaps, (timeline) => names.gap(timeline), gapIn),
    unreadable,
  }
}

/** Papers fetched at the same time. */
const atOnce = 16

/** The body is read within the request, so that a broken line is tried again. */
async function textOf(
  bucket: S3Bucket,
  target: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const at = { Bucket: bucket.settings.bucket, Key: `${folderOf(bucket, target)}${below}${name}` }
  return bucket.find(
    async (s3, options) =>
      (await (await s3.getObject(at, options)).Body?.transformToString()) ?? '',
    signal,
  )
}

/** The bytes of a file of slices in the bucket. */
export function readSliceObject(
  bucket: S3Bucket,
  target: string,
  name: string,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const key = `${folderOf(bucket, target)}${below}${requireSliceFile(name)}`
  return readObject(bucket, key, { file: name }, signal)
}

/** The file first: while the manifest is there, the next run comes back to it. */
export async function removeSliceObjects(
  bucket: S3Bucket,
  { target, id, file }: SliceManifest,
  now: Date,
  signal: AbortSignal,
): Promise<void> {
  const folder = `${folderOf(bucket, target)}${below}`
  const keys = [file, `${id}.json`].map((name) => `${folder}${requireSliceFile(name)}`)
  for (const key of keys) await requireUnlocked(bucket, key, id, now, signal)
  for (const key of keys) await removeObject(bucket, key, signal)
}
