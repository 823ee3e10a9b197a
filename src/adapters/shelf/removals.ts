import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Removal } from '../../ports/shelf.js'
import { writeDurably } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import type { Trash } from './layout.js'

/**
 * What one run moved, or was about to move: written before the first file is moved, so that what it began can be
 * finished. It also says since when a backup is in the trash.
 */
export interface RemovalRecord {
  readonly schema: 1
  /** RFC 3339 UTC. */
  readonly removedAt: string
  readonly command: string
  readonly ids: readonly string[]
}

/** A record and the file it is in. */
export interface StoredRemoval {
  readonly path: string
  readonly record: RemovalRecord
}

/** Records begin with a dot: no manifest does, whatever a target is called. */
const pattern = /^\.removed-.*\.json$/

/** Writes a record, durably, under a name of its own. */
export async function writeRemoval(
  { folder }: Pick<Trash, 'folder'>,
  ids: readonly string[],
  { at, command }: Removal,
): Promise<void> {
  const taken = new Set(await readdir(folder))
  const second = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  let name = `.removed-${second}Z.json`
  for (let again = 1; taken.has(name); again++)
    name = `.removed-${second}Z-${again.toString()}.json`
  const record: RemovalRecord = { schema: 1, removedAt: at.toISOString(), command, ids }
  await writeDurably(join(folder, name), `${JSON.stringify(record, undefined, 1)}\n`)
}

/** Every record that can be read, oldest first. One that cannot is left alone: what it names stays in the trash. */
export async function readRemovals({
  folder,
}: Pick<Trash, 'folder'>): Promise<readonly StoredRemoval[]> {
  const found: StoredRemoval[] = []
  for (const name of (await namesIn(folder)).filter((each) => pattern.test(each))) {
    const path = join(folder, name)
    const record = recordOf(await readFile(path, 'utf8').catch(() => ''))
    if (record) found.push({ path, record })
  }
  return found.toSorted((one, other) => (one.record.removedAt < other.record.removedAt ? -1 : 1))
}

function recordOf(text: string): RemovalRecord | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<RemovalRecord> | null
    const whole =
      parsed?.schema === 1 &&
      !Number.isNaN(Date.parse(parsed.removedAt ?? '')) &&
      Array.isArray(parsed.ids) &&
      parsed.ids.every((id) => typeof id === 'string')
    return whole ? (parsed as RemovalRecord) : undefined
  } catch {
    return undefined
  }
}
