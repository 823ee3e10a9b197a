import { basename } from 'node:path'
import { briefOf } from '../../src/domain/backupBrief.js'
import { backupFile, fileOf, formOf, type BackupForm } from '../../src/domain/backupFile.js'
import { backupId } from '../../src/domain/backupId.js'
import { judged } from '../../src/domain/trust.js'
import { Failure } from '../../src/domain/failure.js'
import type { Manifest } from '../../src/domain/manifest.js'
import type {
  Annotation,
  Leftover,
  Removal,
  Shelf,
  ShelfEntry,
  Trashed,
} from '../../src/ports/shelf.js'

/** A shelf in memory. `files` holds every file by its path; `refuse` makes the next write fail. */
export class FakeShelf implements Shelf {
  spooled = 0
  readonly files = new Map<string, Buffer>()
  /** Manifests that cannot be read. */
  readonly broken: { readonly file: string; readonly reason: string }[] = []
  readonly manifests = new Map<string, Manifest>()
  /** Why what lies in the place of a manifest is none, by id. */
  readonly spoiled = new Map<string, string>()
  /** Paths to when their bytes were last written, where that matters. */
  readonly written = new Map<string, string>()
  readonly trashed = new Map<string, { readonly manifest: Manifest; readonly removedAt: string }>()
  readonly leftovers: Leftover[] = []
  free = 1e12
  refuse: Error | undefined

  constructor(
    readonly folder = '/shelf/medical',
    private readonly target = 'medical',
  ) {}

  /** The disk; one that never answers is put in its place. */
  write = (path: string, bytes: Uint8Array): Promise<void> => {
    this.files.set(path, Buffer.concat([this.files.get(path) ?? Buffer.alloc(0), bytes]))
    return Promise.resolve()
  }

  prepare(): Promise<void> {
    return Promise.resolve()
  }

  draft(at: Date, safety: boolean, form: BackupForm) {
    let again = 0
    const taken = (id: string) => this.manifests.has(id) || this.trashed.has(id)
    while (taken(backupId(this.target, at, again, safety))) again++
    const id = backupId(this.target, at, again, safety)
    const file = fileOf(id, form)
    const partial = `${this.folder}/${file}.partial`
    this.files.set(partial, Buffer.alloc(0))
    return Promise.resolve({
      id,
      file,
      write: (bytes: Uint8Array) => {
        if (this.refuse) return Promise.reject(this.refuse)
        return this.write(partial, bytes)
      },
      publish: (manifest: Manifest) => {
        this.#move(partial, `${this.folder}/${file}`)
        const numbered = { ...manifest, sequence: this.#next() }
        this.manifests.set(id, numbered)
        return Promise.resolve(numbered)
      },
      discard: () => {
        this.files.delete(partial)
        return Promise.resolve()
      },
      quarantine: () => {
        const kept = `${this.folder}/.quarantine/${file}`
        this.#move(partial, kept)
        return Promise.resolve(kept)
      },
    })
  }

  #next(): number {
    const numbers = [...this.manifests.values()].map(({ sequence = 0 }) => sequence)
    return 1 + Math.max(0, ...numbers)
  }

  list(): Promise<readonly ShelfEntry[]> {
    const entries = [...this.manifests.values()].map((manifest) => {
      const path = `${this.folder}/${manifest.file}`
      return { manifest, path, present: this.files.get(path)?.length === manifest.bytes }
    })
    return Promise.resolve(
      entries.sort((one, other) => other.manifest.id.localeCompare(one.manifest.id)),
    )
  }

  async catalog() {
    const entries = await this.list()
    return {
      entries: entries.map(({ manifest, path, present }) => {
        const writtenAt = this.written.get(path)
        const written = writtenAt === undefined ? {} : { writtenAt }
        return { manifest: briefOf(manifest), path, present, ...written }
      }),
      unreadable: await this.unreadable(),
    }
  }

  manifest(id: string) {
    return Promise.resolve(this.manifests.get(id) ?? this.trashed.get(id)?.manifest)
  }

  manifestBeside(id: string) {
    const reason = this.spoiled.get(id)
    if (reason !== undefined) return Promise.resolve({ reason })
    const manifest = this.manifests.get(id)
    return Promise.resolve(manifest && { manifest })
  }

  unreadable() {
    return Promise.resolve(this.broken)
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const bytes = await Promise.resolve(this.files.get(path))
    if (!bytes)
      throw new Failure('not-found', 'BACKUP_NOT_FOUND', `there is no file ${path}`, [
        'ops backup list',
      ])
    for (let at = 0; at < bytes.length; at += 64) yield bytes.subarray(at, at + 64)
  }

  judge(id: string, trust: Manifest['trust'], at: Date, judgement: string): Promise<void> {
    const manifest = this.manifests.get(id)
    if (manifest)
      this.manifests.set(id, {
        ...manifest,
        trust: judged(manifest.trust, trust),
        judgedAt: at.toISOString(),
        judgement,
      })
    return Promise.resolve()
  }

  annotate(id: string, annotation: Annotation): Promise<void> {
    const manifest = this.manifests.get(id)
    const trashed = this.trashed.get(id)
    if (manifest) this.manifests.set(id, { ...manifest, ...annotation })
    else if (trashed)
      this.trashed.set(id, { ...trashed, manifest: { ...trashed.manifest, ...annotation } })
    return Promise.resolve()
  }

  remove(ids: readonly string[], { at }: Removal): Promise<void> {
    const missing = ids.find((id) => !this.manifests.has(id))
    if (missing !== undefined)
      return Promise.reject(
        new Failure('not-found', 'BACKUP_NOT_FOUND', `there is no ${missing}`, ['ops backup list']),
      )
    if (this.refuse) return Promise.reject(this.refuse)
    for (const id of ids) {
      const manifest = this.manifests.get(id)
      if (!manifest) continue
      this.trashed.set(id, { manifest, removedAt: at.toISOString() })
      this.manifests.delete(id)
      this.#move(`${this.folder}/${manifest.file}`, `${this.folder}/.trash/${manifest.file}`)
    }
    return Promise.resolve()
  }

  trash(): Promise<readonly Trashed[]> {
    return Promise.resolve(
      [...this.trashed].map(([id, { manifest, removedAt }]) => ({
        id,
        bytes: this.files.get(`${this.folder}/.trash/${manifest.file}`)?.length ?? 0,
        content: formOf(manifest).content,
        removedAt,
      })),
    )
  }

  unfinished(): Promise<readonly string[]> {
    return Promise.resolve(
      this.leftovers.flatMap(({ fate, file }) =>
        fate === 'trashed' || fate === 'erased' ? [backupFile(basename(file))?.id ?? ''] : [],
      ),
    )
  }

  bringBack(ids: readonly string[]): Promise<readonly string[]> {
    const back = ids.filter((id) => this.trashed.has(id))
    const taken = back.find((id) => this.manifests.has(id))
    if (taken !== undefined)
      return Promise.reject(
        new Failure('refused', 'BACKUP_EXISTS', `there is another ${taken}`, ['ops backup list']),
      )
    for (const id of back) {
      const found = this.trashed.get(id)
      if (!found) continue
      this.trashed.delete(id)
      this.manifests.set(id, found.manifest)
      this.#move(
        `${this.folder}/.trash/${found.manifest.file}`,
        `${this.folder}/${found.manifest.file}`,
      )
    }
    return Promise.resolve(back)
  }

  erase(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const found = this.trashed.get(id)
      if (!found) continue
      this.files.delete(`${this.folder}/.trash/${found.manifest.file}`)
      this.trashed.delete(id)
    }
    return Promise.resolve()
  }

  lay(name: string, bytes: Uint8Array): Promise<void> {
    if (this.refuse) return Promise.reject(this.refuse)
    this.files.set(`${this.folder}/${name}`, Buffer.from(bytes))
    return Promise.resolve()
  }

  layAbove(name: string, bytes: Uint8Array): Promise<void> {
    return this.lay(`../${name}`, bytes)
  }

  sweep(): Promise<readonly Leftover[]> {
    return Promise.resolve(this.leftovers.splice(0))
  }

  freeBytes(): Promise<number> {
    return Promise.resolve(this.free)
  }

  async spool(source: AsyncIterable<Uint8Array>) {
    const parts: Uint8Array[] = []
    for await (const chunk of source) parts.push(chunk)
    this.spooled += 1
    const path = `${this.folder}/stdin-${this.spooled.toString()}.spool`
    this.files.set(path, Buffer.concat(parts))
    return {
      path,
      discard: () => {
        this.files.delete(path)
        return Promise.resolve()
      },
    }
  }

  #move(from: string, to: string): void {
    const bytes = this.files.get(from)
    if (bytes) this.files.set(to, bytes)
    this.files.delete(from)
  }
}
