import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from '../../src/domain/manifest.js'
import { manifestFor } from '../fakes/manifest.js'

/** What is in the file of every backup unless more is wanted. */
const little = Buffer.from('as far as a shelf is concerned, an archive')

/**
 * Puts a good backup of each of so many last days (or other steps, in milliseconds) on the shelf in a folder, as files,
 * without the time that syncing them takes. The first id is the newest.
 */
export async function fillShelf(
  folder: string,
  count: number,
  {
    newest = Date.now() - 3_600_000,
    step = 86_400_000,
    changes = {},
    content = little,
    kits = false,
  }: {
    readonly newest?: number
    readonly step?: number
    readonly changes?: Partial<Manifest>
    /** What is in the file of each. */
    readonly content?: Buffer
    /** Each with a recovery kit, and the guides beside and above them. */
    readonly kits?: boolean
  } = {},
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const sha256 = createHash('sha256').update(content).digest('hex')
  const ids: string[] = []
  for (let ago = 0; ago < count; ago++) {
    const at = new Date(newest - ago * step)
    const id = `medical-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
    const manifest = manifestFor(id, content, {
      takenAt: at.toISOString(),
      finishedAt: at.toISOString(),
      sequence: count - ago,
      collections: namespaces,
      compression: { format: 'gzip', level: 4, members },
      ...changes,
      ...(kits ? { kit: kitOf(id) } : {}),
    })
    const path = join(folder, id)
    await Promise.all([
      writeFile(`${path}.archive.gz`, content, { mode: 0o600 }),
      writeFile(`${path}.json`, JSON.stringify(manifest, undefined, 1), { mode: 0o600 }),
      writeFile(`${path}.sha256`, `${sha256}  ${manifest.file}\n`, { mode: 0o600 }),
    ])
    if (kits) await writeFile(`${path}.kit.tar`, kitBytes(id), { mode: 0o600 })
    ids.push(id)
  }
  if (kits) {
    await writeFile(join(folder, 'RESTORE.md'), 'how to restore one of these')
    await writeFile(join(folder, '../RESTORE.md'), 'how to restore')
  }
  return ids
}

const kitBytes = (id: string) => Buffer.from(`the kit of ${id}`)

function kitOf(id: string): NonNullable<Manifest['kit']> {
  const bytes = kitBytes(id)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { file: `${id}.kit.tar`, bytes: bytes.length, sha256, holds: [], leftOut: [] }
}

/** As large as those of a database of some ten collections and a hundred megabytes. */
const namespaces: Manifest['collections'] = Object.fromEntries(
  Array.from({ length: 10 }, (_, at) => {
    const collection = `collection_${at.toString()}`
    return [
      `medical_records.${collection}`,
      {
        database: 'medical_records',
        collection,
        type: 'collection' as const,
        documents: 5_000,
        bytes: 10_000_000,
        crc: '0123456789abcdef',
        indexes: [{ name: '_id_', key: { _id: '1' }, options: { v: 2 } }],
      },
    ]
  }),
)

const members = Array.from({ length: 25 }, (_, at) => ({
  at: at * 700_000,
  bytes: 700_000,
  rawBytes: 4_194_304,
}))
