import { constants } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../disk/durable.js'
import type { Clock } from '../../ports/clock.js'
import type { Host } from '../../ports/host.js'
import type { Lines } from '../../ports/lines.js'

/** How much is kept. */
interface LineBounds {
  /** Bytes of a file before it is put aside. */
  readonly fileBytes: number
  /** So many files that were put aside are kept. */
  readonly older: number
}

/** Who asks, for the lock. */
interface Around {
  readonly clock: Clock
  readonly host: Host
}

const newline = 0x0a

/** Through a name that leads elsewhere nothing is written: whoever put it there would choose the file. */
const appending = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

/**
 * Lines in `folder/name`, mode 0600. Each call opens the file anew, so that a run of days goes on in the newest one, and
 * appends with one call of the system: several runs never mix their lines. One that is full becomes `name.1`, that one
 * `name.2`, and so on; whoever finds another run doing that leaves it to it. Nothing here is synced: these are notes, and no
 * command waits for them.
 */
export function rotatedLines(
  folder: string,
  name: string,
  bounds: LineBounds,
  around: Around,
): Lines {
  const path = join(folder, name)
  return {
    async add(text) {
      const size = await append(path, folder, text, bounds)
      if (size >= bounds.fileBytes) await rotate(folder, name, bounds, around)
    },

    async read(mostBytes = Infinity) {
      const texts: string[] = []
      const seen = new Set<number>()
      let left = mostBytes
      // The newest first: what is put aside meanwhile is met again, and known by its number.
      for (let age = 0; age <= bounds.older && left > 0; age += 1) {
        const end = await endOf(asideName(path, age), left, seen)
        texts.unshift(end?.text ?? '')
        left -= end?.bytes ?? 0
      }
      return texts.join('')
    },
  }
}

function asideName(path: string, age: number): string {
  return age === 0 ? path : `${path}.${age.toString()}`
}

/** Appends, and tells how large the file is then. */
async function append(
  path: string,
  folder: string,
  text: string,
  { fileBytes }: LineBounds,
): Promise<number> {
  const handle = await opened(path, folder)
  try {
    const about = await handle.stat()
    if (!about.isFile()) throw new Error(`${path} is no file`)
    // Nobody could put it aside: it must not grow for ever all the same.
    if (about.size >= 2 * fileBytes) throw new Error(`${path} is full, and cannot be put aside`)
    const bytes = Buffer.from((await endsWhole(handle, about.size)) ? text : `\n${text}`)
    const { bytesWritten } = await handle.write(bytes)
    if (bytesWritten < bytes.length) throw new Error(`${path} takes no more`)
    return about.size + bytesWritten
  } finally {
    await handle.close()
  }
}

async function opened(path: string, folder: string): Promise<FileHandle> {
  try {
    return await open(path, appending, 0o600)
  } catch (error) {
    if (!isMissing(error)) throw error
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return open(path, appending, 0o600)
  }
}

/** Whether the last line is whole: a full disk or a power cut may have left half of one. */
async function endsWhole(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const last = Buffer.alloc(1)
  await handle.read(last, 0, 1, size - 1)
  return last[0] === newline
}

/** Puts the full file aside. Under a lock that nobody waits for, and only if it is still full by then. */
async function rotate(
  folder: string,
  name: string,
  { fileBytes, older }: LineBounds,
  { clock, host }: Around,
): Promise<void> {
  const { fileLocks } = await import('../state/locks.js')
  const lock = await fileLocks(folder, clock, host)
    .take(name, 'put a full file aside')
    .catch(() => undefined)
  if (!lock) return
  try {
    const path = join(folder, name)
    // Somebody else may have been first.
    const size = await stat(path).then(
      (about) => about.size,
      () => 0,
    )
    if (size < fileBytes) return
    for (let age = older; age > 0; age -= 1) {
      await rename(asideName(path, age - 1), asideName(path, age)).catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
    }
  } finally {
    await lock.release()
  }
}

/** The end of a file, whole lines only, and how many bytes were read; nothing where there is none, or it was read already. */
async function endOf(
  path: string,
  mostBytes: number,
  seen: Set<number>,
): Promise<{ readonly text: string; readonly bytes: number } | undefined> {
  let handle: FileHandle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    const { size, ino } = await handle.stat()
    if (seen.has(ino)) return undefined
    seen.add(ino)
    const bytes = Buffer.alloc(Math.min(size, mostBytes))
    const from = size - bytes.length
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from)
    const text = bytes.toString('utf8', 0, bytesRead)
    // What it begins with is the end of a line, and what no line break ends was cut off.
    const first = from === 0 ? 0 : text.indexOf('\n') + 1
    return { text: text.slice(first, text.lastIndexOf('\n') + 1), bytes: bytes.length }
  } finally {
    await handle.close()
  }
}
