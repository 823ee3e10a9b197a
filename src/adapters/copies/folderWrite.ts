import { createReadStream } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { formOf } from '../../domain/backupFile.js'
import { requireBackupId } from '../../domain/backupId.js'
import { travelling } from '../../domain/copyPlace.js'
import type { Manifest } from '../../domain/manifest.js'
import type { CopySource, CopyWatch, PutResult } from '../../ports/copies.js'
import { open, remove, rename, sync, syncFolder, writeAll } from '../disk/disk.js'
import { makeFolder, temporaryFor, writeDurably } from '../disk/durable.js'
import type { Layout } from '../shelf/layout.js'
import { readManifest } from '../shelf/manifestFile.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { sizeOf } from '../shelf/shelfList.js'
import { lacksKit, putBeside } from './folderBeside.js'
import { removePartials } from './folderPartials.js'
import {
  conflict,
  PassingBytes,
  requireSameBytes,
  sourceChanged,
  there,
  tooSmall,
} from './sameBytes.js'

/** Room left free: a disk that is full to the last byte breaks more than the copy. */
const reserve = 16 * 1024 * 1024

/**
 * The rules of the shelf: partial name, fsync, rename, fsync of the folder, checksum file, manifest last. Before the
 * rename the file is read back.
 */
export async function putIntoFolder(
  names: Layout,
  source: CopySource,
  watch: CopyWatch,
): Promise<PutResult> {
  const { manifest } = source
  const id = requireBackupId(manifest.id)
  const form = formOf(manifest)
  await makeFolder(names.folder)
  await requireOwn(names.folder)
  await removePartials(names)
  if ((await isThere(names, manifest)) && source.anew !== true) {
    const because = 'the file has the size of the manifest'
    if (!(await lacksKit(names, source))) return there(because)
    await putBeside(names, source)
    await writeManifest(names, manifest)
    return there(`${because}; its recovery kit was brought`)
  }

  const { bavail, bsize } = await statfs(names.folder)
  if (bavail * bsize < manifest.bytes + reserve)
    throw tooSmall(names.folder, bavail * bsize, manifest.bytes + reserve)
  const partial = temporaryFor(names.file(id, form))
  try {
    await write(partial, source, watch)
    await requireSameBytes(readBack(partial, watch.signal), names.folder, manifest, () => undefined)
    await rename(partial, names.file(id, form))
  } catch (error) {
    await remove(partial)
    throw error
  }
  await syncFolder(names.folder)
  await writeDurably(names.checksum(id), `${manifest.sha256}  ${manifest.file}\n`)
  await putBeside(names, source)
  await writeManifest(names, manifest)
  return {
    done: 'copied',
    because: 'written, synced, read back: its SHA-256 agrees',
    resumedBytes: 0,
  }
}

function writeManifest(names: Layout, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(travelling(manifest), undefined, 1)}\n`
  return writeDurably(names.manifest(manifest.id), text)
}

/** Whether the whole copy is there. Throws `COPY_CONFLICT` (refused) where the manifest is that of another backup. */
async function isThere(names: Layout, manifest: Manifest): Promise<boolean> {
  const found = await readManifest(names.manifest(manifest.id), manifest.id)
  if ('reason' in found) return false
  if (found.manifest.sha256 !== manifest.sha256) throw conflict(manifest.id, names.folder)
  return (await sizeOf(names.file(manifest.id, formOf(manifest)))) === manifest.bytes
}

async function write(path: string, source: CopySource, watch: CopyWatch): Promise<void> {
  const passing = new PassingBytes()
  const handle = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of source.read()) {
      watch.signal.throwIfAborted()
      await writeAll(handle, chunk)
      passing.feed(chunk)
      watch.progress(passing.bytes)
    }
    await sync(handle)
  } finally {
    await handle.close()
  }
  const difference = passing.difference(source.manifest)
  if (difference !== undefined) throw sourceChanged(source.manifest.id, difference)
}

async function* readBack(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    signal.throwIfAborted()
    yield chunk as Buffer
  }
}

/** Writes, syncs and removes a small file. */
export async function writeProof(path: string): Promise<void> {
  const handle = await open(path, 'w', 0o600)
  try {
    await writeAll(handle, Buffer.from('proof'))
    await sync(handle)
  } finally {
    await handle.close()
    await remove(path)
  }
}
