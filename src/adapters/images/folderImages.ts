import { createHash } from 'node:crypto'
import { readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { imageFile, imagePaper, type KeptImage, type KeptImages } from '../../ports/keptImages.js'
import { remove, syncFolder, writeAll } from '../disk/disk.js'
import { fillDurably, makeFolder, writeDurably } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { removeHalfWritten } from '../shelf/halfWritten.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { readFrom } from '../shelf/readFrom.js'
import { onShelf } from '../shelf/shelfFailure.js'
import { neededImages } from './neededImages.js'

/** Names of targets begin with a letter or a digit: none of them is this. */
export const imagesFolder = '.images'

/** Layers are compressed well enough by the quickest, and a backup waits for it. */
const level = 2

/** Images beside the backups of a shelf. */
export function folderImages(shelf: string): KeptImages {
  const folder = join(shelf, imagesFolder)
  const find = async (id: string): Promise<KeptImage | undefined> => {
    const paper = await readFile(join(folder, imagePaper(id)), 'utf8').catch(() => undefined)
    const image = paper === undefined ? undefined : parsed(paper)
    const file = await stat(join(folder, imageFile(id))).catch(() => undefined)
    return image?.id === id && file?.size === image.bytes ? image : undefined
  }
  return {
    find,

    need: (id) =>
      onShelf(folder, async () => {
        const image = await find(id)
        if (image) await touch(join(folder, imagePaper(id)))
        return image
      }),

    keep: (image, archive, signal) =>
      onShelf(folder, async () => {
        await makeFolder(folder)
        await requireOwn(folder)
        await removeHalfWritten(folder, () => true)
        const kept = await write(join(folder, imageFile(image.id)), image, archive, signal)
        await writeDurably(join(folder, imagePaper(image.id)), `${JSON.stringify(kept)}\n`)
        return kept
      }),

    read: ({ id }) => readFrom(join(folder, imageFile(id))),

    sweep: (known, before) =>
      onShelf(folder, async () => {
        const names = await namesIn(folder)
        const certain = new Set(known.map(imagePaper))
        const papers = names.filter((name) => name.endsWith('.json') && !certain.has(name))
        if (papers.length === 0) return []
        const needed = new Set([...(await neededImages(shelf))].map(imagePaper))
        const gone: string[] = []
        for (const name of papers) {
          if (needed.has(name) || (await stat(join(folder, name))).mtime >= before) continue
          gone.push(name)
          await remove(join(folder, name))
          await remove(join(folder, name.replace(/\.json$/, '.tar.gz')))
        }
        if (gone.length > 0) await syncFolder(folder)
        return gone.map((name) => name.slice(0, -'.json'.length))
      }),
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now)
}

function parsed(paper: string): KeptImage | undefined {
  try {
    return JSON.parse(paper) as KeptImage
  } catch {
    return undefined
  }
}

/** Compresses, hashes and writes in one pass, under a name that is nobody's until it is whole. */
async function write(
  path: string,
  image: Pick<KeptImage, 'id' | 'name'>,
  archive: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<KeptImage> {
  const hash = createHash('sha256')
  let rawBytes = 0
  let bytes = 0
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      rawBytes += chunk.length
      done(undefined, chunk)
    },
  })
  try {
    await fillDurably(path, (handle) =>
      pipeline(
        Readable.from(archive, { objectMode: false }),
        counted,
        createGzip({ level }),
        async (compressed: AsyncIterable<Buffer>) => {
          for await (const chunk of compressed) {
            hash.update(chunk)
            bytes += chunk.length
            await writeAll(handle, chunk)
          }
        },
        { signal },
      ),
    )
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  }
  return { ...image, bytes, rawBytes, sha256: hash.digest('hex') }
}
