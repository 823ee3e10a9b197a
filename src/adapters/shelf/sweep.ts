import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Leftover } from '../../ports/shelf.js'
import { remove, rename, syncFolder } from '../disk/disk.js'
import { mayBeWanted, thisMachine, writerOf } from '../disk/writer.js'
import { isBeingWritten, removeHalfWrittenGuide } from './halfWritten.js'
import { repairLatest } from './latest.js'
import { idOfFile, type Layout } from './layout.js'
import { sweepTrash } from './trash.js'

/**
 * Deals with what killed runs left. A partial file proves nothing and is removed. A finished file without a manifest was
 * cut off between the two; what mongodump's exit code was is not known, so it is kept aside, not listed.
 * Only to be called under the target's lock: nobody else writes backups then.
 */
export async function sweep(names: Layout): Promise<readonly Leftover[]> {
  // First: what is on its way to the trash must not be taken for a file whose manifest was never written.
  const leftovers: Leftover[] = [...(await sweepTrash(names))]
  await repairLatest(names)
  await removeHalfWrittenGuide(names.folder)
  const files = await readdir(names.folder)
  const present = new Set(files)

  for (const name of files) {
    const path = join(names.folder, name)
    if ((await isLiveSpool(path, name)) || (await isBeingWritten(names.folder, name))) continue
    if (spoolPattern.test(name) || name.endsWith('.partial') || name.startsWith('.probe-')) {
      const bytes = (await stat(path).catch(() => undefined))?.size ?? 0
      await remove(path)
      if (!name.startsWith('.probe-')) leftovers.push({ file: path, bytes, fate: 'removed' })
      continue
    }
    const id = idOfFile(name)
    if (id === undefined || present.has(`${id}.json`)) continue
    const { size: bytes } = await stat(path)
    const kept = join(names.quarantine, basename(path))
    await rename(path, kept)
    await remove(names.checksum(id))
    leftovers.push({ file: kept, bytes, fate: 'quarantined' })
  }
  if (leftovers.length > 0) await syncFolder(names.folder)
  return leftovers
}

const spoolPattern = /^stdin-(\d+)(?:-\d+)?(?:@([\w-]+))?\.spool$/

let spooled = 0

/** Name of a file in which this process keeps what came in, on its standard input or from elsewhere. */
export function spoolName(): string {
  spooled += 1
  return `stdin-${process.pid.toString()}-${spooled.toString()}@${thisMachine()}.spool`
}

/** Whether a spooled stream belongs to a process that still runs (a restore takes a safety backup meanwhile). */
async function isLiveSpool(path: string, name: string): Promise<boolean> {
  const [, pid, machine] = spoolPattern.exec(name) ?? []
  return pid !== undefined && mayBeWanted(writerOf(pid, machine), path)
}
