import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { KeptImage, KeptImages } from '../../src/ports/keptImages.js'

/** Images in memory. `needed` are the ids that backups need: the others are swept. */
export class FakeImages implements KeptImages {
  readonly kept = new Map<string, { readonly image: KeptImage; readonly file: Buffer }>()
  needed: readonly string[] | undefined

  /** Ids that somebody said to need, whatever `needed` says: a sweep of that day leaves them. */
  readonly lately = new Set<string>()

  find(id: string): Promise<KeptImage | undefined> {
    return Promise.resolve(this.kept.get(id)?.image)
  }

  need(id: string): Promise<KeptImage | undefined> {
    this.lately.add(id)
    return this.find(id)
  }

  async keep(
    { id, name }: Pick<KeptImage, 'id' | 'name'>,
    archive: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<KeptImage> {
    const parts: Uint8Array[] = []
    for await (const chunk of archive) {
      signal.throwIfAborted()
      parts.push(chunk)
    }
    const raw = Buffer.concat(parts)
    const file = gzipSync(raw)
    const sha256 = createHash('sha256').update(file).digest('hex')
    const image = { id, name, bytes: file.length, rawBytes: raw.length, sha256 }
    this.kept.set(id, { image, file })
    return image
  }

  async *read({ id }: KeptImage): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(this.kept.get(id)?.file ?? Buffer.alloc(0))
  }

  sweep(known: readonly string[]): Promise<readonly string[]> {
    const needed = this.needed && [...this.needed, ...known]
    const gone = needed
      ? [...this.kept.keys()].filter((id) => !needed.includes(id) && !this.lately.has(id))
      : []
    for (const id of gone) this.kept.delete(id)
    return Promise.resolve(gone)
  }
}
