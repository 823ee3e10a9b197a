import type { BackupForm } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import { Failure } from '../../domain/failure.js'
import type { LiveNamespace, MongoSession, ServerFacts } from '../../ports/mongo.js'
import type { Draft, Shelf } from '../../ports/shelf.js'
import type { DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { lastLike } from './catalog.js'
import { requireComplete } from './completeness.js'
import { requireWayBack } from '../encryption/readBack.js'
import { requireWhole, settleAndRequireWhole } from '../restore/requireWhole.js'
import { cutOffAround, unfinishedText } from '../restore/unfinished.js'
import { manifestOf } from './manifest.js'
import { prepareShelf } from './prepareShelf.js'
import { decideScope, type Scope } from './scope.js'
import { expectedBytes, requireSpace } from './space.js'
import { inDraft, type Compression } from './storeStream.js'
import { isTooLarge, untilRestorable } from './untilRestorable.js'
import { writeBackup, type Written } from './writeBackup.js'

/** What taking a backup needs to know. */
export interface BackupRequest {
  readonly target: Target
  readonly compression: Compression
  /** Saves the state before a restore instead of being a backup of its own. */
  readonly safety: boolean
  /** A run that left the data half done, which somebody put right by hand since. */
  readonly settled?: string
}

/** A backup that has been decided on: its steps, and what came of them. */
export interface BackupPart {
  readonly scope: Scope
  readonly server: ServerFacts
  readonly tools: DumpTools
  readonly because: string
  /** Raw bytes to expect. */
  readonly expected: number
  /** Bytes of the file to expect. */
  readonly expectedFile: number
  readonly lastSeconds?: number
  readonly steps: readonly Step[]
  /** The manifest, once the last step is through. */
  manifest(): Manifest | undefined
  /** The id, once the first step has chosen it. */
  id(): string | undefined
}

/**
 * Decides on a backup: engine, scope, room. Reads only. Throws what reaching the server throws, `DATABASE_MISSING`
 * (not-found), `SHELF_TOO_SMALL` (space), `SAFETY_UNREADABLE`, `LEFT_HALF` (refused).
 */
export async function planBackupPart(
  request: BackupRequest,
  world: World,
  session: MongoSession,
): Promise<BackupPart> {
  const { target, safety } = request
  if (safety) await requireWayBack(world)
  else await requireWhole(target, world, request.settled)
  const shelf = world.shelf(target)
  const server = await session.server()
  const present = await session.databases()
  const scope = decideScope(target, server, present, safety)
  const sizes = await session.sizes(scope.databases)
  const dataBytes = sizes.reduce((total, size) => total + size.dataBytes, 0)
  const { tools, because } = await world.tools.choose(target, { kind: 'dump', bytes: dataBytes })
  const last = lastLike(
    await shelf.list(),
    scope.request.database === undefined && scope.only.length === 0,
  )
  const expectedFile = expectedBytes({ dataBytes, ...(last ? { last: last.manifest } : {}) })
  requireSpace(await shelf.freeBytes(), expectedFile, shelf.folder)

  const run = new BackupRun(request, world, shelf, tools, scope, server, Math.max(dataBytes, 1))
  return {
    scope,
    server,
    tools,
    because,
    expected: dataBytes,
    expectedFile,
    ...(last ? { lastSeconds: last.manifest.seconds } : {}),
    steps: run.steps(),
    manifest: () => run.manifest,
    id: () => run.draft?.id,
  }
}

/** The steps of one backup and what they hand to each other. */
class BackupRun {
  draft: Draft | undefined
  manifest: Manifest | undefined
  #written: Written | undefined
  #startedAt = new Date(0)
  #began = 0

  constructor(
    private readonly request: BackupRequest,
    private readonly world: World,
    private readonly shelf: Shelf,
    private readonly tools: DumpTools,
    private readonly scope: Scope,
    private readonly server: ServerFacts,
    private readonly expected: number,
  ) {}

  steps(): readonly Step[] {
    const { safety, target } = this.request
    const what = safety ? `the state before, as a safety backup of ${target.name}` : target.name
    return [
      { title: 'Prepare the shelf', effect: 'reads', run: (context) => this.#prepare(context) },
      {
        title: `Dump and check ${what}`,
        effect: 'reads',
        run: (context) => this.#dump(context),
        undo: () => this.draft?.discard() ?? Promise.resolve(),
      },
      {
        title: `Put the backup on the shelf`,
        effect: 'reads',
        run: (context) => this.#publish(context),
      },
    ]
  }

  async #prepare(context: StepContext): Promise<void> {
    const { target, safety, settled } = this.request
    // Since the plan was made a restore may have failed, or the key may have gone.
    if (safety) await requireWayBack(this.world)
    else {
      await settleAndRequireWhole(target, this.world, settled)
      for (const receipt of await cutOffAround(target, this.world))
        context.warn(unfinishedText(receipt))
    }
    await prepareShelf(this.request.target, this.world, context)
    this.#startedAt = this.world.clock.now()
    this.#began = this.world.clock.elapsed()
    await this.#openNewDraft()
    context.detail(this.#openDraft().id)
  }

  #form(): BackupForm {
    return { content: 'archive', encrypted: this.world.keys.recipients.length > 0 }
  }

  async #dump(context: StepContext): Promise<void> {
    const { target, compression } = this.request
    const before = await this.#live(context)
    const attempt = () => {
      const job = {
        target,
        tools: this.tools,
        scope: this.scope,
        compression,
        keep: inDraft(this.#openDraft()),
        recipients: this.world.keys.recipients,
        expected: this.expected,
        hurried: this.request.safety,
      }
      return writeBackup(job, this.world, context).catch((error: unknown) => this.#refuse(error))
    }
    this.#written = await untilRestorable(attempt, this.world.clock, context)
    requireComplete(this.#written.contents, before, await this.#live(context))
    context.detail(summary(this.#written, this.scope))
  }

  /** A file that mongodump finished well but that is damaged is evidence of a broken way here: it is kept aside. */
  async #refuse(error: unknown): Promise<never> {
    if (isTooLarge(error)) {
      await this.#openDraft().discard()
      await this.#openNewDraft()
      throw error
    }
    if (error instanceof Failure && error.kind === 'integrity') {
      const kept = await this.#openDraft().quarantine()
      throw new Failure(
        'integrity',
        error.code,
        `${error.message}; the file is kept as ${kept}`,
        error.next,
        { cause: error, facts: error.facts },
      )
    }
    throw error
  }

  async #publish(context: StepContext): Promise<void> {
    const draft = this.#openDraft()
    if (!this.#written) throw new Error('a backup is published after it was written')
    const { target, safety, compression } = this.request
    const manifest = manifestOf({
      draft,
      target: target.name,
      purpose: safety ? 'safety' : 'backup',
      startedAt: this.#startedAt,
      finishedAt: this.world.clock.now(),
      milliseconds: this.world.clock.elapsed() - this.#began,
      scope: this.scope,
      server: this.server,
      compression,
      written: this.#written,
      recipients: this.world.keys.recipients,
      host: this.world.host,
    })
    this.manifest = await draft.publish(manifest)
    context.detail(`sha256 ${manifest.sha256}`)
  }

  async #live(context: StepContext): Promise<readonly LiveNamespace[]> {
    const session = await this.world.mongo.connect(this.request.target, context.signal)
    try {
      return await session.namespaces(this.scope.databases, 'roughly')
    } finally {
      await session.close()
    }
  }

  async #openNewDraft(): Promise<void> {
    this.draft = await this.shelf.draft(this.#startedAt, this.request.safety, this.#form())
  }

  #openDraft(): Draft {
    if (!this.draft) throw new Error('a backup is written after its draft was opened')
    return this.draft
  }
}

function summary({ contents, bytes }: Written, { databases }: Scope): string {
  const own = Object.values(contents.namespaces).filter(({ database }) =>
    databases.includes(database),
  )
  const documents = own.reduce((total, namespace) => total + namespace.documents, 0)
  return `${own.length.toString()} collections, ${documents.toString()} documents, ${contents.rawBytes.toString()} bytes as ${bytes.toString()}`
}
