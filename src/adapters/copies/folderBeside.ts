import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CopySource } from '../../ports/copies.js'
import { writeDurably } from '../disk/durable.js'
import { guideName, type Layout } from '../shelf/layout.js'
import { sizeOf } from '../shelf/shelfList.js'
import { damaged } from './sameBytes.js'

/** Brings the recovery kit, read back and compared, and the guides. Throws `COPY_DAMAGED` (integrity). */
export async function putBeside(
  names: Layout,
  { manifest: { id }, kit, guides = {} }: CopySource,
): Promise<void> {
  if (kit) {
    await writeDurably(names.kit(id), kit)
    if (!(await readFile(names.kit(id))).equals(kit))
      throw damaged(id, names.folder, 'its recovery kit is not what was written')
  }
  const { beside, above } = guides
  if (beside) await lay(join(names.folder, guideName), beside)
  if (above) await lay(join(dirname(names.folder), guideName), above)
}

/** Whether the kit that is to be brought is not there. */
export async function lacksKit(names: Layout, { manifest, kit }: CopySource): Promise<boolean> {
  return kit !== undefined && (await sizeOf(names.kit(manifest.id))) !== kit.length
}

async function lay(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => undefined)
  if (there?.equals(bytes) !== true) await writeDurably(path, bytes)
}
