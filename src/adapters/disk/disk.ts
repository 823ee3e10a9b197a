import {
  link as linkFile,
  mkdir,
  open as openFile,
  rename as renameFile,
  rm,
  symlink as linkName,
} from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { failpoint } from '../failpoints/failpoint.js'

/**
 * The calls with which ops changes what is on a disk. Each is a place where a disk can fail, or the machine can stop:
 * tests make both happen at every one of them.
 */

/** Opens a file to write it. Throws the system's error. */
export async function open(path: string, flags: string, mode: number): Promise<FileHandle> {
  await failpoint('open', path)
  return openFile(path, flags, mode)
}

/** Writes all of it: one call may take only a part. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  await failpoint('write', `${bytes.length.toString()} bytes`)
  let at = 0
  while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten
}

/**
 * Makes a folder (0700) and those above it that are missing. Returns the highest that was made; nothing where all were
 * there.
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  await failpoint('folder', folder)
  return mkdir(folder, { recursive: true, mode: 0o700 })
}

/** Waits until what was written is on the disk. Never to be tried again on the same file (fsync(2) reports an error once). */
export async function sync(handle: FileHandle): Promise<void> {
  await failpoint('sync', 'file')
  await handle.sync()
}

/** Makes a rename or a new name survive a power cut: the folder itself is synced. */
export async function syncFolder(folder: string): Promise<void> {
  await failpoint('sync', folder)
  const handle = await openFile(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Gives a file another name; whatever had that name is gone. */
export async function rename(from: string, to: string): Promise<void> {
  await failpoint('rename', to)
  await renameFile(from, to)
}

/** A second name for a file; fails where it is taken. */
export async function link(from: string, to: string): Promise<void> {
  await failpoint('link', to)
  await linkFile(from, to)
}

/** Makes a symbolic link that leads to a name; fails where there is something of that name already. */
export async function symlink(to: string, path: string): Promise<void> {
  await failpoint('symlink', path)
  await linkName(to, path)
}

/** Removes a file. That there is none is no error. */
export async function remove(path: string): Promise<void> {
  await failpoint('remove', path)
  await rm(path, { force: true })
}
