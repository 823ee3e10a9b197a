import { createHash } from 'node:crypto'
import type { Anchor } from '../../src/domain/oplog/base.js'
import type { GapMarker } from '../../src/domain/oplog/gap.js'
import { compareOptimes } from '../../src/domain/oplog/optime.js'
import type { SliceManifest } from '../../src/domain/oplog/slice.js'
import { Failure } from '../../src/domain/failure.js'
import type { Removal } from '../../src/ports/shelf.js'
import type {
  FollowerNote,
  SliceDamage,
  SliceDraft,
  SliceHoldings,
  Slices,
  SliceState,
  TrashedSlice,
} from '../../src/ports/slices.js'

/** Slices in memory. `refuse` makes the next write fail. */
export class FakeSlices implements Slices {
  readonly files = new Map<string, Buffer>()
  readonly manifests: SliceManifest[] = []
  readonly gaps: GapMarker[] = []
  readonly anchors: Anchor[] = []
  refuse: Error | undefined
  readonly trashed: { manifest: SliceManifest; removedAt: string }[] = []
  noted: FollowerNote | undefined
  readonly damages = new Map<string, SliceDamage>()
  readonly unreadable: { file: string; reason: string }[] = []
  /** Drafts that are neither published nor discarded. */
  open = 0

  constructor(readonly folder = '/shelf/medical/oplog') {}

  prepare(): Promise<readonly string[]> {
    return Promise.resolve([])
  }

  state(): Promise<SliceState> {
    const numbers = [...this.gaps, ...this.anchors, ...this.manifests].map((each) => each.timeline)
    const timeline = Math.max(0, ...numbers)
    const own = this.#ordered().filter((slice) => slice.timeline === timeline)
    const [first, tail] = [own[0], own.at(-1)]
    return Promise.resolve({
      timeline,
      ...(first && tail ? { first: first.start.at, tail } : {}),
      ended: this.gaps.some((gap) => gap.timeline === timeline),
      anchors: this.anchors,
    })
  }

  holdings(): Promise<SliceHoldings> {
    return Promise.resolve({
      slices: this.#ordered().map((manifest) => {
        const damage = this.damages.get(manifest.id)
        const isThere = this.files.get(manifest.file)?.length === manifest.bytes
        return { manifest, present: isThere && !damage, ...(damage ? { damage } : {}) }
      }),
      anchors: this.anchors,
      gaps: this.gaps,
      unreadable: this.unreadable,
    })
  }

  draft(): Promise<SliceDraft> {
    const parts: Uint8Array[] = []
    let open = true
    this.open += 1
    const closed = () => {
      if (open) this.open -= 1
      open = false
      return Promise.resolve()
    }
    return Promise.resolve({
      write: (bytes) => {
        if (this.refuse) return Promise.reject(this.refuse)
        parts.push(Buffer.from(bytes))
        return Promise.resolve()
      },
      publish: async (manifest) => {
        if (this.files.has(manifest.file))
          throw new Failure('integrity', 'SLICE_EXISTS', `${manifest.file} is there`, ['ls'])
        this.files.set(manifest.file, Buffer.concat(parts))
        this.manifests.push(manifest)
        await closed()
      },
      discard: closed,
    })
  }

  mark(gap: GapMarker): Promise<void> {
    this.gaps.push(gap)
    return Promise.resolve()
  }

  anchor(anchor: Anchor): Promise<void> {
    this.anchors.push(anchor)
    return Promise.resolve()
  }

  remove(ids: readonly string[], { at }: Removal): Promise<void> {
    for (const manifest of this.manifests.filter(({ id }) => ids.includes(id))) {
      this.trashed.push({ manifest, removedAt: at.toISOString() })
      this.manifests.splice(this.manifests.indexOf(manifest), 1)
    }
    return Promise.resolve()
  }

  bringBack(ids: readonly string[]): Promise<readonly string[]> {
    const back = this.trashed.filter(({ manifest }) => ids.includes(manifest.id))
    for (const one of back) {
      this.manifests.push(one.manifest)
      this.trashed.splice(this.trashed.indexOf(one), 1)
    }
    return Promise.resolve(back.map(({ manifest }) => manifest.id))
  }

  trash(): Promise<readonly TrashedSlice[]> {
    return Promise.resolve(
      this.trashed.map(({ manifest: { id }, removedAt }) => ({ id, removedAt })),
    )
  }

  erase(ids: readonly string[]): Promise<void> {
    for (const one of this.trashed.filter(({ manifest }) => ids.includes(manifest.id)))
      this.trashed.splice(this.trashed.indexOf(one), 1)
    return Promise.resolve()
  }

  judge(id: string, damage: SliceDamage | undefined): Promise<void> {
    if (damage) this.damages.set(id, damage)
    else this.damages.delete(id)
    return Promise.resolve()
  }

  async replace(
    { id, file, sha256 }: SliceManifest,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const parts: Uint8Array[] = []
    for await (const part of bytes) parts.push(part)
    const whole = Buffer.concat(parts)
    if (createHash('sha256').update(whole).digest('hex') !== sha256)
      throw new Failure('integrity', 'SLICE_DAMAGED', `${file} is not what was sent`, ['look'])
    this.files.set(file, whole)
    this.damages.delete(id)
  }

  note(follower: FollowerNote | undefined): Promise<void> {
    if (this.refuse) return Promise.reject(this.refuse)
    this.noted = follower
    return Promise.resolve()
  }

  follower() {
    return Promise.resolve(this.noted && { ...this.noted, gone: false })
  }

  async *read({ file }: Pick<SliceManifest, 'file'>): AsyncGenerator<Uint8Array> {
    const bytes = await Promise.resolve(this.files.get(file))
    if (!bytes)
      throw new Failure('not-found', 'BACKUP_NOT_FOUND', `there is no file ${file}`, ['ls'])
    for (let at = 0; at < bytes.length; at += 64) yield bytes.subarray(at, at + 64)
  }

  #ordered(): readonly SliceManifest[] {
    return this.manifests.toSorted(
      (one, other) => one.timeline - other.timeline || compareOptimes(one.start.at, other.start.at),
    )
  }
}
