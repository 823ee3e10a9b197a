import { createHash } from 'node:crypto'
import type { Manifest } from '../../domain/manifest.js'
import type { CopyEntry, CopyList } from '../../ports/copies.js'
import { idOfManifest, idOfRemoving } from '../shelf/layout.js'
import type { ReadManifest } from '../../ports/shelf.js'
import { parseManifest } from '../shelf/manifestFile.js'
import { newestFirst } from '../../domain/backupOrder.js'
import { isBackupId } from '../../domain/backupId.js'
import type { S3Bucket } from './s3Client.js'
import type { ObjectTraits } from './s3Upload.js'

/** Manifests fetched at the same time. */
const atOnce = 8

/** What every key of a target begins with. */
export function folderOf({ settings }: S3Bucket, target: string): string {
  return `${settings.prefix}${target}/`
}

/** Writes a small object in one request, checked by its MD5 on arrival. */
export async function putSmall(
  bucket: S3Bucket,
  key: string,
  content: string | Uint8Array,
  traits: ObjectTraits,
  signal: AbortSignal,
): Promise<void> {
  const Body = Buffer.from(content)
  const request = {
    Bucket: bucket.settings.bucket,
    Key: key,
    Body,
    ContentLength: Body.length,
    ContentMD5: createHash('md5').update(Body).digest('base64'),
    ...traits,
  }
  await bucket.send((s3, options) => s3.putObject(request, options), signal)
}

/** The manifest of a copy; nothing where there is none. */
export async function findManifest(
  bucket: S3Bucket,
  target: string,
  id: string,
  signal: AbortSignal,
): Promise<ReadManifest | undefined> {
  const at = { Bucket: bucket.settings.bucket, Key: `${folderOf(bucket, target)}${id}.json` }
  // The body is read within the request, so that a broken line is tried again.
  const text = await bucket.find(async (s3, options) => {
    const { Body } = await s3.getObject(at, options)
    return (await Body?.transformToString()) ?? ''
  }, signal)
  return text === undefined ? undefined : parseManifest(text, id)
}

/** Every copy of a target: its manifest, and whether its file has the size that the manifest says. */
export async function listCopies(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<CopyList> {
  const sizes = await sizesIn(bucket, target, signal)
  const ids = [...sizes.keys()].flatMap((name) => {
    const id = idOfManifest(name)
    return id !== undefined && isBackupId(id) ? [id] : []
  })
  const entries: CopyEntry[] = []
  const unreadable: { file: string; reason: string }[] = []
  const fetch = async (id: string) => {
    const found = await findManifest(bucket, target, id, signal)
    if (found === undefined) return
    if ('reason' in found) unreadable.push({ file: `${bucket.where} ${id}.json`, ...found })
    else entries.push(entryOf(found.manifest, sizes))
  }
  for (let from = 0; from < ids.length; from += atOnce)
    await Promise.all(ids.slice(from, from + atOnce).map(fetch))
  const unfinished = [...sizes.keys()].flatMap((name) => idOfRemoving(name) ?? [])
  return { entries: newestFirst(entries, ({ manifest }) => manifest), unreadable, unfinished }
}

function entryOf(manifest: Manifest, sizes: ReadonlyMap<string, number>): CopyEntry {
  return { manifest, present: sizes.get(manifest.file) === manifest.bytes }
}

/** Names below a target's folder, and bytes of each. */
export async function sizesIn(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const objects = await objectsIn(bucket, target, signal)
  return new Map([...objects].map(([name, { bytes }]) => [name, bytes]))
}

/** The same, with the time at which each was put there; of one whose time is not told, the latest that can be. */
export async function objectsIn(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, { readonly bytes: number; readonly at: Date }>> {
  const folder = folderOf(bucket, target)
  const objects = new Map<string, { readonly bytes: number; readonly at: Date }>()
  let ContinuationToken: string | undefined
  do {
    const request = {
      Bucket: bucket.settings.bucket,
      Prefix: folder,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    }
    const page = await bucket.send((s3, options) => s3.listObjectsV2(request, options), signal)
    for (const { Key = '', Size: bytes = 0, LastModified: at = latest } of page.Contents ?? [])
      objects.set(Key.slice(folder.length), { bytes, at })
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
  return objects
}

const latest = new Date(8.64e15)
