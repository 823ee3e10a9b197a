import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GivenFile } from '../../ports/projectFiles.js'

/** Bytes of the largest file that is taken for one that a person wrote for a service. */
const largest = 256 * 1024

/** More than so many files, or bytes, are no configuration. */
const mostFiles = 500
const mostBytes = 4 * 1024 * 1024

/** Folders of which every file can be had from elsewhere. */
const unwritten = new Set(['.git', 'node_modules', '__pycache__', '.venv'])

/** The files at a path, in the order of their names. Links, sockets and what may not be read are left out. */
export async function givenFiles(path: string): Promise<readonly GivenFile[]> {
  const found: GivenFile[] = []
  const room = { files: mostFiles, bytes: mostBytes }
  await collect(path, found, room)
  return found
}

async function collect(
  path: string,
  found: GivenFile[],
  room: { files: number; bytes: number },
): Promise<void> {
  const about = await lstat(path).catch(() => undefined)
  if (about?.isDirectory()) {
    const names = await readdir(path).catch(() => [])
    for (const name of names.toSorted())
      if (!unwritten.has(name) && room.files >= 0) await collect(join(path, name), found, room)
    return
  }
  if (!about?.isFile()) return
  room.files -= 1
  const mode = about.mode & 0o777
  const why = about.size > largest ? 'it is too large' : whyFull(room, about.size)
  const text = why === undefined ? await textOf(path) : undefined
  if (text === undefined) {
    found.push({ path, mode, because: why ?? 'it is no text' })
    return
  }
  room.bytes -= about.size
  found.push({ path, mode, text })
}

function whyFull(room: { files: number; bytes: number }, size: number): string | undefined {
  return room.files < 0 || room.bytes < size ? 'there are too many files beside it' : undefined
}

/** Text in UTF-8; nothing for anything else. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      await readFile(path),
    )
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
