import type { KeptWritesManifest } from '../../src/domain/keptWrites.js'
import { Failure } from '../../src/domain/failure.js'
import type { KeptWrites, KeptWritesDraft, KeptWritesHoldings } from '../../src/ports/keptWrites.js'

/** Kept writes in memory. `refuse` makes the next write fail. */
export class FakeKeptWrites implements KeptWrites {
  readonly folder = '/shelf/medical/discarded'
  readonly files = new Map<string, Buffer>()
  readonly manifests: KeptWritesManifest[] = []
  readonly unreadable: { file: string; reason: string }[] = []
  refuse: Error | undefined

  draft(): Promise<KeptWritesDraft> {
    const parts: Buffer[] = []
    return Promise.resolve({
      write: (bytes: Uint8Array) => {
        if (this.refuse) return Promise.reject(this.refuse)
        parts.push(Buffer.from(bytes))
        return Promise.resolve()
      },
      publish: (manifest: KeptWritesManifest) => {
        this.files.set(manifest.file, Buffer.concat(parts))
        this.manifests.push(manifest)
        return Promise.resolve()
      },
      discard: () => Promise.resolve(),
    })
  }

  holdings(): Promise<KeptWritesHoldings> {
    return Promise.resolve({ kept: this.manifests, unreadable: this.unreadable })
  }

  async *read({ file }: Pick<KeptWritesManifest, 'file'>): AsyncGenerator<Uint8Array> {
    const found = this.files.get(file)
    if (!found) throw new Failure('not-found', 'BACKUP_NOT_FOUND', `${file} is not there`, [])
    for (let at = 0; at < found.length; at += 100)
      yield await Promise.resolve(found.subarray(at, at + 100))
  }

  erase({ id, file }: Pick<KeptWritesManifest, 'id' | 'file'>): Promise<void> {
    this.files.delete(file)
    const at = this.manifests.findIndex((one) => one.id === id)
    if (at >= 0) this.manifests.splice(at, 1)
    return Promise.resolve()
  }
}
