import { join } from 'node:path'
import type { Discarded } from '../../domain/discarded.js'
import {
  keptWritesFile,
  keptWritesId,
  type KeptWritesManifest,
  type KeptWritesRecord,
  type ReplacedPart,
} from '../../domain/keptWrites.js'
import type { Optime } from '../../domain/contents.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { KeptWrites, KeptWritesDraft } from '../../ports/keptWrites.js'
import type { World } from '../../ports/world.js'
import { requireSpace } from '../backup/space.js'
import { storeStream, type Compression } from '../backup/storeStream.js'
import { watchStream, type WatchedStream } from '../backup/watchStream.js'
import type { Step, StepContext } from '../plan.js'
import { withSession } from '../withSession.js'
import { DiscardedEntries } from './keptEntries.js'
import type { IsCounted } from './replaced.js'

/** Bytes of a file after which is looked whether there is room for as many again. */
const lookEvery = 16 * 1024 * 1024

/** What is to be kept. */
export interface KeepJob {
  readonly target: Target
  readonly point: RestorePoint
  readonly isReplaced: IsCounted
  readonly replaced: ReplacedPart
  readonly among: Discarded['among']
  readonly compression: Compression
  /** Whether the state that these writes led to is saved: then nothing that fails in keeping them fails the restore. */
  readonly isSaved: boolean
}

/** The writes that a restore discards, put on the shelf before anything is replaced. */
export class KeptRun {
  /** The manifest, once they are kept; nothing where there were none. */
  manifest: KeptWritesManifest | undefined
  /** Why they are not kept, where that failed. */
  notKept: string | undefined
  readonly id: string
  readonly #folder: KeptWrites
  #restoredAt: Optime | undefined

  constructor(
    private readonly job: KeepJob,
    private readonly world: World,
  ) {
    this.id = keptWritesId(job.target.name, world.clock.now(), world.host.token())
    this.#folder = world.keptWrites(job.target)
  }

  /** The path that the file will have. */
  get path(): string {
    return join(this.#folder.folder, this.#file)
  }

  /** Whether the restored data ends right before them. */
  get isExact(): boolean {
    return this.job.point.exact
  }

  /** What the receipt tells. */
  get record(): KeptWritesRecord | undefined {
    if (!this.manifest) return undefined
    const { id } = this.manifest
    return { id, ...(this.#restoredAt ? { restoredAt: this.#restoredAt } : {}) }
  }

  /**
   * The last before anything is replaced. What fails in it is a warning where the state that the writes led to is saved: what is
   * damaged must come back. Else it fails the restore, with nothing touched.
   */
  keep(): Step {
    return {
      title: 'Keep the writes that this discards',
      effect: 'reads',
      run: async (context) => {
        try {
          await this.#keep(context)
        } catch (error) {
          if (context.signal.aborted || !this.job.isSaved) throw error
          this.notKept = error instanceof Error ? error.message : String(error)
          context.warn(`the writes that this discards are NOT kept: ${this.notKept}`)
        }
      },
      // Everything is as it was: they are where they always were.
      undoOnlyIfWhole: true,
      undo: () => this.#forget(),
    }
  }

  /** The first after the restore was proved, before anybody writes again. */
  mark(): Step {
    return {
      title: 'Note down where the oplog stands now',
      effect: 'reads',
      // The restore is proved: what is not noted down keeps these writes from being played back, and takes nothing away.
      afterwards: true,
      run: async ({ signal }) => {
        if (!this.manifest) return
        await withSession(this.job.target, this.world, signal, async (session) => {
          this.#restoredAt = await session.lastOptime()
        })
      },
    }
  }

  get #file(): string {
    return keptWritesFile(this.id, this.world.keys.recipients.length > 0)
  }

  async #keep({ signal, detail, warn }: StepContext): Promise<void> {
    const { target, point, isReplaced } = this.job
    const draft = await this.#folder.draft(this.id)
    const watch = watchStream(this.world.clock, 'the oplog', signal)
    const entries = new DiscardedEntries(target, point, isReplaced, () => {
      watch.moved()
    })
    try {
      const stored = await this.#stored(entries, draft, watch)
      if (entries.entries === 0) {
        detail('nothing was written since')
        return
      }
      const manifest = this.#manifestOf(entries, stored)
      await draft.publish(manifest)
      this.manifest = manifest
    } finally {
      watch.stop()
      await draft.discard()
    }
    for (const text of entries.lacks) warn(`the writes that are kept lack ${text}`)
    detail(`${entries.written.operations.toString()} operations in ${this.path}`)
  }

  #stored(entries: DiscardedEntries, draft: KeptWritesDraft, watch: WatchedStream) {
    const { target, compression } = this.job
    const { world } = this
    return withSession(target, world, watch.signal, ({ oplog }) => {
      const raw = passing(entries.read(oplog, world, watch.signal), (bytes) => {
        watch.passed(bytes)
      })
      const keep = (parts: AsyncIterable<Uint8Array>) => this.#write(parts, draft)
      const storage = { keep, compression, recipients: world.keys.recipients }
      return storeStream(raw, storage, world.cipher, watch.signal)
    })
  }

  /** A full disk breaks more than this file: it ends before. */
  async #write(parts: AsyncIterable<Uint8Array>, draft: KeptWritesDraft): Promise<void> {
    const shelf = this.world.shelf(this.job.target)
    let left = 0
    for await (const part of parts) {
      if (left <= 0) {
        requireSpace(await shelf.freeBytes(), lookEvery, shelf.folder)
        left = lookEvery
      }
      await draft.write(part)
      left -= part.length
    }
  }

  #manifestOf(
    entries: DiscardedEntries,
    { bytes, sha256 }: { readonly bytes: number; readonly sha256: string },
  ): KeptWritesManifest {
    const { target, point, replaced, among } = this.job
    const { keys, clock, host } = this.world
    const encrypted = keys.recipients.length > 0
    return {
      version: 1,
      id: this.id,
      target: target.name,
      file: this.#file,
      bytes,
      sha256,
      rawBytes: entries.rawBytes,
      entries: entries.entries,
      since: entries.since,
      exact: point.exact,
      until: entries.until,
      ...entries.written,
      replaced,
      lacks: entries.lacks,
      among,
      encrypted,
      ...(encrypted ? { recipients: keys.recipients } : {}),
      takenAt: clock.now().toISOString(),
      host: host.name,
      opsVersion: host.opsVersion,
    }
  }

  async #forget(): Promise<void> {
    const { manifest } = this
    this.manifest = undefined
    if (manifest) await this.#folder.erase(manifest)
  }
}

async function* passing(
  entries: AsyncIterable<Uint8Array>,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    passed(entry.length)
    yield entry
  }
}
