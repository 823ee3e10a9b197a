import { createHash } from 'node:crypto'
import { travelling } from '../../src/domain/copyPlace.js'
import { Failure } from '../../src/domain/failure.js'
import type { Manifest } from '../../src/domain/manifest.js'
import type { Anchor } from '../../src/domain/oplog/base.js'
import type { GapMarker } from '../../src/domain/oplog/gap.js'
import type { SliceManifest } from '../../src/domain/oplog/slice.js'
import type { HeldSlice, SliceHoldings } from '../../src/ports/slices.js'
import type {
  CopyList,
  CopyPlace,
  CopySource,
  CopyWatch,
  PlacedFile,
  PutResult,
} from '../../src/ports/copies.js'

/** A place in memory. `files` holds what lies there by id; `refuse` makes every call fail. */
export class FakePlace implements CopyPlace {
  readonly type = 'directory'
  readonly files = new Map<string, Buffer>()
  readonly manifests = new Map<string, Manifest>()
  readonly kits = new Map<string, Uint8Array>()
  /** Files of slices by `target/name`. */
  readonly sliceFiles = new Map<string, Buffer>()
  readonly imageFiles = new Map<string, Buffer>()
  /** When one was brought, where that is not long ago. */
  readonly imageTimes = new Map<string, Date>()
  readonly guides = new Map<string, Uint8Array>()
  /** Ids whose removal was cut off, with their target. */
  readonly removing = new Map<string, string>()
  /** Ids that a lock protects. */
  readonly locked = new Set<string>()
  refuse: Error | undefined
  elsewhere = true

  constructor(readonly name = 'usb') {}

  get where(): string {
    return `/mnt/${this.name}`
  }

  async put(source: CopySource, watch: CopyWatch): Promise<PutResult> {
    const { manifest, read, kit, anew } = source
    this.#ready(watch.signal)
    const there = this.manifests.get(manifest.id)
    if (there && there.sha256 !== manifest.sha256)
      throw new Failure('refused', 'COPY_CONFLICT', 'another backup has that id', ['look'])
    if (there && anew !== true && this.files.get(manifest.id)?.length === manifest.bytes) {
      if (kit && this.kits.get(manifest.id)?.length !== kit.length) this.#belongings(source)
      return { done: 'there', because: 'it was there', resumedBytes: 0 }
    }
    const parts: Uint8Array[] = []
    for await (const chunk of read()) {
      watch.signal.throwIfAborted()
      parts.push(chunk)
      watch.progress(parts.reduce((sum, part) => sum + part.length, 0))
    }
    const bytes = Buffer.concat(parts)
    if (bytes.length !== manifest.bytes || sha256(bytes) !== manifest.sha256)
      throw new Failure('integrity', 'COPY_SOURCE_CHANGED', 'the backup is damaged', ['look'])
    this.files.set(manifest.id, bytes)
    this.#belongings(source)
    return { done: 'copied', because: 'kept in memory', resumedBytes: 0 }
  }

  list(target: string, signal: AbortSignal): Promise<CopyList> {
    this.#ready(signal)
    const entries = [...this.manifests.values()]
      .filter((manifest) => manifest.target === target)
      .sort((one, other) => other.id.localeCompare(one.id))
      .map((manifest) => ({
        manifest,
        present: this.files.get(manifest.id)?.length === manifest.bytes,
      }))
    return Promise.resolve({ entries, unreadable: [], unfinished: this.#removingOf(target) })
  }

  async *read(manifest: Manifest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#ready(signal)
    const bytes = await Promise.resolve(this.files.get(manifest.id))
    if (!bytes) throw new Failure('not-found', 'COPY_MISSING', 'there is no such copy', ['look'])
    for (let at = 0; at < bytes.length; at += 64) yield bytes.subarray(at, at + 64)
  }

  async verify(manifest: Manifest, { signal }: CopyWatch): Promise<void> {
    const parts: Uint8Array[] = []
    for await (const chunk of this.read(manifest, signal)) parts.push(chunk)
    if (sha256(Buffer.concat(parts)) !== manifest.sha256)
      throw new Failure('integrity', 'COPY_DAMAGED', 'it is not what was sent', ['look'])
  }

  remove({ id }: Manifest, signal: AbortSignal): Promise<void> {
    this.#ready(signal)
    if (this.locked.has(id))
      return Promise.reject(
        new Failure('refused', 'COPY_LOCKED', `a lock forbids ${id} to be removed`, ['wait']),
      )
    this.manifests.delete(id)
    this.files.delete(id)
    this.kits.delete(id)
    return Promise.resolve()
  }

  sweep(target: string, signal: AbortSignal): Promise<readonly string[]> {
    this.#ready(signal)
    const ids = this.#removingOf(target)
    for (const id of ids) this.removing.delete(id)
    const swept = ids.filter((id) => !this.manifests.has(id))
    for (const id of swept) this.files.delete(id)
    return Promise.resolve(swept)
  }

  slices(target: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    this.#ready(signal)
    const sizes = new Map<string, number>()
    for (const [key, bytes] of this.sliceFiles)
      if (key.startsWith(`${target}/`)) sizes.set(key.slice(target.length + 1), bytes.length)
    return Promise.resolve(sizes)
  }

  async bringSlice(file: PlacedFile, { signal }: CopyWatch): Promise<void> {
    this.#ready(signal)
    const parts: Uint8Array[] = []
    for await (const chunk of file.read()) parts.push(chunk)
    const bytes = Buffer.concat(parts)
    if (bytes.length !== file.bytes || sha256(bytes) !== file.sha256)
      throw new Failure('integrity', 'COPY_SOURCE_CHANGED', 'the slice is damaged', ['look'])
    this.sliceFiles.set(`${file.target}/${file.name}`, bytes)
  }

  images(
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, { readonly bytes: number; readonly at: Date }>> {
    this.#ready(signal)
    const at = (name: string) => this.imageTimes.get(name) ?? new Date(0)
    return Promise.resolve(
      new Map(
        [...this.imageFiles].map(([name, { length: bytes }]) => [name, { bytes, at: at(name) }]),
      ),
    )
  }

  async bringImage(
    file: Omit<PlacedFile, 'target'>,
    { signal }: Pick<CopyWatch, 'signal'>,
  ): Promise<void> {
    this.#ready(signal)
    const parts: Uint8Array[] = []
    for await (const chunk of file.read()) parts.push(chunk)
    const bytes = Buffer.concat(parts)
    if (bytes.length !== file.bytes || sha256(bytes) !== file.sha256)
      throw new Failure('integrity', 'COPY_SOURCE_CHANGED', 'the image is damaged', ['look'])
    this.imageFiles.set(file.name, bytes)
  }

  async *readImage(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#ready(signal)
    const bytes = await Promise.resolve(this.imageFiles.get(name))
    if (!bytes) throw new Failure('not-found', 'COPY_MISSING', 'there is no such file', ['look'])
    yield bytes
  }

  removeImage(name: string, signal: AbortSignal): Promise<void> {
    this.#ready(signal)
    this.imageFiles.delete(name)
    return Promise.resolve()
  }

  targets(signal: AbortSignal): Promise<readonly string[]> {
    this.#ready(signal)
    const names = [...this.manifests.values()].map(({ target }) => target)
    return Promise.resolve([...new Set(names)].sort())
  }

  kit({ id }: Manifest, signal: AbortSignal): Promise<Uint8Array | undefined> {
    this.#ready(signal)
    return Promise.resolve(this.kits.get(id))
  }

  sliceHoldings(target: string, signal: AbortSignal): Promise<SliceHoldings> {
    this.#ready(signal)
    const slices: HeldSlice[] = []
    const anchors: Anchor[] = []
    const gaps: GapMarker[] = []
    for (const [key, bytes] of this.sliceFiles) {
      const name = key.slice(target.length + 1)
      if (!key.startsWith(`${target}/`) || !name.endsWith('.json')) continue
      const paper: unknown = JSON.parse(bytes.toString())
      if (name.endsWith('.base.json')) anchors.push(paper as Anchor)
      else if (name.endsWith('.gap.json')) gaps.push(paper as GapMarker)
      else {
        const manifest = paper as SliceManifest
        const found = this.sliceFiles.get(`${target}/${manifest.file}`)
        slices.push({ manifest, present: found?.length === manifest.bytes })
      }
    }
    return Promise.resolve({ slices, anchors, gaps, unreadable: [] })
  }

  async *readSlice(target: string, name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#ready(signal)
    const bytes = await Promise.resolve(this.sliceFiles.get(`${target}/${name}`))
    if (!bytes) throw new Failure('not-found', 'COPY_MISSING', `there is no ${name}`, ['look'])
    yield bytes
  }

  removeSlice({ target, id, file }: SliceManifest, signal: AbortSignal): Promise<void> {
    this.#ready(signal)
    if (this.locked.has(id))
      return Promise.reject(new Failure('refused', 'COPY_LOCKED', `a lock holds ${id}`, ['wait']))
    this.sliceFiles.delete(`${target}/${file}`)
    this.sliceFiles.delete(`${target}/${id}.json`)
    return Promise.resolve()
  }

  probe(signal: AbortSignal) {
    this.#ready(signal)
    return Promise.resolve({
      elsewhere: this.elsewhere,
      because: 'in memory',
      device: 9,
      doubts: [],
    })
  }

  #belongings({ manifest, kit, guides = {} }: CopySource): void {
    if (kit) this.kits.set(manifest.id, kit)
    if (guides.beside) this.guides.set(manifest.target, guides.beside)
    if (guides.above) this.guides.set('', guides.above)
    this.manifests.set(manifest.id, travelling(manifest))
  }

  #removingOf(target: string): readonly string[] {
    return [...this.removing].flatMap(([id, of]) => (of === target ? [id] : []))
  }

  #ready(signal: AbortSignal): void {
    signal.throwIfAborted()
    if (this.refuse) throw this.refuse
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
