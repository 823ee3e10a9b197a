import type { FileHandle } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { makeFolders, open, remove, rename, sync, syncFolder, writeAll } from './disk.js'
import { thisMachine, writerOf, type Writer } from './writer.js'

/** Makes a folder (0700) and what is missing above it, so that all of them survive a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await makeFolders(folder)
  if (first === undefined) return
  const highest = dirname(resolve(first))
  let above = dirname(resolve(folder))
  while (above !== highest && above !== dirname(above)) {
    await syncFolder(above)
    above = dirname(above)
  }
  // What was there before may be writable for us, and yet not readable.
  await syncFolder(highest).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error
  })
}

/** Writes a small file by the rules of `fillDurably`. */
export async function writeDurably(path: string, text: string | Uint8Array): Promise<void> {
  await fillDurably(path, (handle) => writeAll(handle, Buffer.from(text)))
}

/**
 * Makes a file so that it is there whole or not at all, also after a power cut: `fill` writes it under a temporary name; fsync,
 * `proof` of what is on the disk then, rename, fsync of the folder. Mode 0600. Of several that make the same file at the same
 * time the last one wins, whole. What fails leaves nothing.
 */
export async function fillDurably<Answer>(
  path: string,
  fill: (handle: FileHandle) => Promise<Answer>,
  proof?: (temporary: string) => Promise<void>,
): Promise<Answer> {
  const temporary = temporaryFor(path)
  const handle: FileHandle = await open(temporary, 'w', 0o600)
  let answer: Answer
  try {
    try {
      answer = await fill(handle)
      await sync(handle)
    } finally {
      await handle.close()
    }
    await proof?.(temporary)
  } catch (error) {
    await remove(temporary)
    throw error
  }
  await putInPlace(temporary, path)
  await syncFolder(dirname(path))
  return answer
}

/** Gives what is finished the name it is for. Where that fails it is removed: nobody would ever look at it. */
export async function putInPlace(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path)
  } catch (error) {
    await remove(temporary)
    throw error
  }
}

let written = 0

/**
 * A name for what is being written, of this machine, this process and this time alone: in a name that two share, one would
 * put what the other has half written in its place.
 */
export function temporaryFor(path: string): string {
  written += 1
  return `${path}.${process.pid.toString()}-${written.toString()}@${thisMachine()}.partial`
}

/** The name that a temporary one stands for, and who made it; nothing for what `temporaryFor` never made. */
export function temporaryOf(temporary: string): (Writer & { readonly name: string }) | undefined {
  const [, name, pid, machine] = /^(.+)\.(\d+)-\d+(?:@([\w-]+))?\.partial$/s.exec(temporary) ?? []
  return name === undefined ? undefined : { name, ...writerOf(pid, machine) }
}

/** Whether an error of the operating system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
