import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { WriteLockRecord } from '../../domain/writeLock.js'
import type { Draft } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { prepareShelf } from '../backup/prepareShelf.js'
import type { Step, StepContext } from '../plan.js'
import { settleAndRequireWhole } from '../restore/requireWhole.js'
import type { CopyScene } from './copyScene.js'
import { countedThen } from './counting.js'
import { dataFilesManifest } from './manifest.js'
import { copyUnderLock, type SeenUnderLock } from './underLock.js'
import { whileLocked } from './whileLocked.js'

/** The steps of one copy and what they hand to each other. */
export class CopyRun {
  manifest: Manifest | undefined
  /** From before the lock is asked for until it is certainly released: in the record at all times. */
  mayBeLocked = true
  /** What tells the lock from those of others. */
  lock: WriteLockRecord | undefined
  #draft: Draft | undefined
  #seen: SeenUnderLock | undefined
  #lockSeconds = 0
  #startedAt = new Date(0)
  #began = 0

  constructor(
    private readonly scene: CopyScene,
    private readonly world: World,
  ) {}

  steps(): readonly Step[] {
    return [
      { title: 'Prepare the shelf', effect: 'reads', run: (context) => this.#prepare(context) },
      {
        title: 'Copy the data files while writes wait',
        effect: 'changes',
        run: (context) => this.#copy(context),
        undo: () => this.#draft?.discard() ?? Promise.resolve(),
      },
      ...(this.scene.server.replicaSet === undefined
        ? []
        : [
            {
              title: 'Count the documents as they were under the lock',
              effect: 'reads' as const,
              run: (context: StepContext) => this.#count(context),
            },
          ]),
      {
        title: 'Put the backup on the shelf',
        effect: 'reads',
        run: (context) => this.#publish(context),
      },
    ]
  }

  async #prepare(context: StepContext): Promise<void> {
    const { world, scene } = this
    const { target, settled } = scene.request
    await settleAndRequireWhole(target, world, settled)
    await prepareShelf(target, world, context)
    this.#startedAt = world.clock.now()
    this.#began = world.clock.elapsed()
    const form = { content: 'dataFiles', encrypted: false } as const
    this.#draft = await world.shelf(target).draft(this.#startedAt, false, form)
    context.detail(this.#draft.id)
  }

  async #copy(context: StepContext): Promise<void> {
    const { place, expected } = this.scene
    const { target, compression, lockLimitSeconds: limitSeconds } = this.scene.request
    try {
      const { result, lockSeconds } = await whileLocked(
        {
          target,
          limitSeconds,
          note: (lock) => {
            this.lock = lock
            return context.remember()
          },
          work: (session, signal) =>
            copyUnderLock(
              { place, draft: this.#openDraft(), compression, expected },
              this.world,
              session,
              signal,
              context,
            ),
        },
        this.world,
        context,
      )
      this.#seen = result
      this.#lockSeconds = lockSeconds
    } catch (error) {
      // Only this one failure says that the lock may be there still.
      this.mayBeLocked = error instanceof Failure && error.code === 'WRITES_STAY_LOCKED'
      throw error
    }
    this.mayBeLocked = false
    context.detail(
      `writes waited ${this.#lockSeconds.toString()} s; ${this.#seen.written.contents.files.toString()} files`,
    )
  }

  /**
   * Past the lock: writes go on, and the server still knows what it had then. The copy is good without this, so that
   * nothing but the signal keeps it from the shelf.
   */
  async #count({ signal, warn, detail }: StepContext): Promise<void> {
    if (!this.#seen?.times) return
    const { counted, times } = this.#seen
    const { target } = this.scene.request
    const now = await countedThen(counted, times.applied, target, this.world, signal)
    this.#seen = { ...this.#seen, counted: now }
    const total = now.namespaces.reduce((sum, { documents }) => sum + documents, 0)
    detail(`${total.toString()} documents`)
    if (now.estimated.length > 0)
      warn(
        `could not be counted as they were under the lock: ${now.estimated.join(', ')}; the server's own count stands in the manifest`,
      )
  }

  async #publish(context: StepContext): Promise<void> {
    const { scene, world } = this
    if (!this.#seen) throw new Error('a copy is published after it was written')
    const draft = this.#openDraft()
    const manifest = dataFilesManifest({
      draft,
      target: scene.request.target.name,
      startedAt: this.#startedAt,
      finishedAt: world.clock.now(),
      milliseconds: world.clock.elapsed() - this.#began,
      lockSeconds: this.#lockSeconds,
      server: scene.server,
      storage: scene.storage,
      container: scene.container,
      place: scene.place,
      seen: this.#seen,
      host: world.host,
    })
    await draft.publish(manifest)
    this.manifest = manifest
    context.detail(`sha256 ${manifest.sha256}`)
  }

  #openDraft(): Draft {
    if (!this.#draft) throw new Error('a copy is written after its draft was opened')
    return this.#draft
  }
}
