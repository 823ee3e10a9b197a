import type { Optime } from '../../domain/contents.js'
import type { Deletion } from '../../domain/deletions/deletion.js'
import type { PutBackRecord } from '../../domain/deletions/putBackRecord.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Documents } from '../../ports/documents.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { Rebuild } from '../moment/rebuild.js'
import { underSliceLock } from '../oplog/sliceLock.js'
import { takeSlicesLocked } from '../oplog/takeSlices.js'
import type { Compression } from '../backup/storeStream.js'
import type { StepContext } from '../plan.js'
import { withSession } from '../withSession.js'
import { slicedEntries } from './deletionEntries.js'
import { sourcesOf, type DeletionSources } from './deletionSources.js'
import { followDeletion } from './deletionWindow.js'
import { makeAnew, toBeMade, type MadeAnew } from './makeAnew.js'
import { putBack, type PutBackCount } from './putBack.js'
import { provePutBack, type PutBackProof } from './putBackProof.js'
import { provedDefinitions } from './provedDefinitions.js'
import { takeAwayAgain } from './takeAwayAgain.js'

/** What putting back works on. */
export interface DeletionJob {
  readonly target: Target
  readonly deletion: Deletion
  /** Narrows a database that was dropped. */
  readonly within?: string
  readonly compression: Compression
  /** Of runs of the same that were cut off. */
  readonly earlier: readonly PutBackRecord[]
}

/** The steps of one putting back, and what they hand to each other. */
export class DeletionRun {
  counts: readonly PutBackCount[] = []
  proof: PutBackProof | undefined
  made: MadeAnew = { made: [], indexes: [], views: [], notes: [] }
  readonly #list: string
  /** Whether there is a list to be read. */
  #isListed = false
  /** Whether everything was looked at that runs before had made. */
  #isMade = false
  #sources: DeletionSources | undefined
  #began: Optime | undefined

  constructor(
    private readonly job: DeletionJob,
    private readonly rebuild: Pick<Rebuild, 'expected' | 'asTarget'>,
    private readonly world: World,
  ) {
    this.#list = world.host.token()
  }

  /** What taking all of it back takes, with what runs before left. */
  get record(): PutBackRecord {
    const { deletion, earlier } = this.job
    return {
      deletion: deletion.id,
      lists: [...earlier.flatMap(({ lists }) => lists), ...(this.#isListed ? [this.#list] : [])],
      made: [...this.#stillEarlier(), ...this.made.made],
      indexes: [...earlier.flatMap(({ indexes }) => indexes), ...this.made.indexes],
      views: [...earlier.flatMap(({ views }) => views), ...this.made.views],
    }
  }

  /** What of the deletion is not put back at all. */
  get left(): DeletionSources['left'] {
    return this.#sources?.left ?? []
  }

  /** Puts on the shelf what the oplog has up to now. Throws what taking slices throws. */
  async slice({ signal, warn, detail }: StepContext): Promise<void> {
    const { target, compression } = this.job
    const request = { target, compression, command: 'dr deletion' }
    const { slices, gap } = await underSliceLock(
      target.name,
      'dr deletion',
      this.world,
      signal,
      () => takeSlicesLocked(request, this.world, { signal, warn }),
    )
    if (gap) warn(`the slices end before now: ${gap.reason}`)
    const entries = slices.reduce((sum, { count }) => sum + count, 0)
    detail(`${entries.toString()} entries of the oplog`)
  }

  /** Goes through the deletion in the scratch server. Throws `DELETION_EMPTY` (failed) where nothing of it is found. */
  async follow({ signal, detail, warn }: StepContext): Promise<void> {
    const { deletion, within, target } = this.job
    const { rebuild, world } = this
    await this.#scratch(signal, async (scratch) => {
      const sources = await sourcesOf(deletion, within, rebuild.expected, scratch)
      this.#sources = sources
      for (const { namespace, why } of sources.left)
        warn(
          `${namespace} is not put back: it is ${why}; "ops restore --into NAME" makes a copy of it`,
        )
      if (sources.collections.length + sources.views.length === 0) throw nothingThere(deletion)
      await this.#planMaking(sources, signal)
      // There before a record names it: one that is not there is lost, and never one of nothing.
      await (await world.putBackLists.write(this.#list)).close()
      this.#isListed = true
      if (deletion.kind === 'drop') return
      // What is written while others are deleted may need a unique value that a document held which is kept here.
      for (const { to, definition } of sources.collections)
        if (definition.indexes.length > 0) await scratch.dropIndex(to, '*')
      const entries = slicedEntries(deletion.readFrom, deletion.last, target, world, signal)
      const deletes = await followDeletion(deletion, sources.collections, entries, scratch)
      if (deletion.kind === 'delete') detail(`${deletes.toString()} deletes followed`)
    })
  }

  /** Makes collections and views that are not there, and indexes that are missing. Throws what making them throws. */
  async make(context: StepContext): Promise<void> {
    const sources = this.#found()
    const { signal, warn, detail, remember } = context
    await this.#live(signal, async (session) => {
      this.#began = (await session.oplog.window())?.newest
      const planned = this.made
      let last: MadeAnew = { made: [], indexes: [], views: [], notes: [] }
      await makeAnew(sources, this.#madeBefore(), session.stored, (made) => {
        last = made
        this.made = withPlanned(made, planned)
        return remember()
      })
      this.made = last
      this.#isMade = true
    })
    for (const note of this.made.notes) warn(note)
    const { made, indexes, views } = this.made
    detail(
      `${made.length.toString()} collections, ${views.length.toString()} views, ${indexes.length.toString()} indexes on what is there`,
    )
  }

  async putBack({ signal, detail, warn, amount }: StepContext): Promise<void> {
    const { collections } = this.#found()
    const counts: PutBackCount[] = []
    const list = await this.world.putBackLists.write(this.#list)
    try {
      await this.#scratch(signal, (scratch) =>
        this.#live(signal, async (session) => {
          this.#began ??= (await session.oplog.window())?.newest
          const between = { scratch, live: session.stored, list, signal }
          let bytes = 0
          for (const source of collections) {
            const count = await putBack(source, between, (more) => {
              bytes += more
              amount({ bytes })
            })
            counts.push(count)
          }
        }),
      )
    } finally {
      await list.close()
    }
    this.counts = counts
    for (const { namespace, putBack: back, alreadyThere, conflicts } of counts) {
      const same = alreadyThere > 0 ? `, ${alreadyThere.toString()} were there already` : ''
      detail(`${namespace}: ${back.toString()} documents put back${same}`)
      for (const { because, count, ids } of conflicts)
        warn(
          `${namespace}: ${count.toString()} documents are not put back, for ${because}: _id ${ids.join(', ')}${count > ids.length ? ' …' : ''}`,
        )
    }
  }

  /** Throws `PUT_BACK_DIFFERS` (integrity). */
  async prove({ signal, detail, warn }: StepContext): Promise<void> {
    await this.#live(signal, async (session) => {
      const batches = this.world.putBackLists.read(this.#list)
      const began = this.#began ?? this.job.deletion.last
      this.proof = await provePutBack(batches, began, session, signal)
      await provedDefinitions(this.made, this.rebuild.expected, session)
    })
    const { proved = 0, changedSince = [] } = this.proof ?? {}
    detail(`${proved.toString()} documents are, byte for byte, what they were`)
    for (const { because, count } of changedSince)
      warn(`${count.toString()} documents were ${because} by somebody else`)
  }

  /** Takes away what was put back so far. */
  async takeBack({ signal, detail }: StepContext): Promise<void> {
    const { putBackLists } = this.world
    const { removed } = await this.#live(signal, (session) =>
      takeAwayAgain(this.record, putBackLists, session, signal),
    )
    detail(`${removed.toString()} documents taken away again`)
  }

  /** What is going to be made is on the record before it is. */
  async #planMaking(sources: DeletionSources, signal: AbortSignal): Promise<void> {
    if (this.job.deletion.kind === 'delete') return
    await this.#live(signal, async ({ stored }) => {
      this.made = { ...(await toBeMade(sources, this.#madeBefore(), stored)), notes: [] }
    })
  }

  /** What runs before made, as long as this one has not gone over it: taking this one back takes that back as well. */
  #stillEarlier(): PutBackRecord['made'] {
    if (this.#isMade) return []
    const own = new Set(this.made.made.map(({ namespace }) => namespace))
    return this.#madeBefore().filter(({ namespace }) => !own.has(namespace))
  }

  #madeBefore(): PutBackRecord['made'] {
    return this.job.earlier.flatMap(({ made }) => made)
  }

  #found(): DeletionSources {
    if (!this.#sources) throw new Error('what was deleted is put back after it was found')
    return this.#sources
  }

  #live<Answer>(signal: AbortSignal, use: (session: MongoSession) => Promise<Answer>) {
    return withSession(this.job.target, this.world, signal, use)
  }

  #scratch<Answer>(signal: AbortSignal, use: (stored: Documents) => Promise<Answer>) {
    return withSession(this.rebuild.asTarget, this.world, signal, ({ stored }) => use(stored))
  }
}

/** What was made, and what is still to be: a run that is cut off in between may have made that, too. */
function withPlanned(made: MadeAnew, planned: MadeAnew): MadeAnew {
  const names = new Set([...made.made, ...made.views].map(({ namespace }) => namespace))
  const built = new Set(made.indexes.map(({ namespace, name }) => `${namespace} ${name}`))
  return {
    ...made,
    made: [...made.made, ...planned.made.filter(({ namespace }) => !names.has(namespace))],
    views: [...made.views, ...planned.views.filter(({ namespace }) => !names.has(namespace))],
    indexes: [
      ...made.indexes,
      ...planned.indexes.filter(({ namespace, name }) => !built.has(`${namespace} ${name}`)),
    ],
  }
}

function nothingThere({ namespace }: Deletion): Failure {
  return new Failure(
    'failed',
    'DELETION_EMPTY',
    `${namespace} was not there right before it was deleted: there is nothing that could be put back`,
    ['ops dr deletion --dry-run', 'ops pitr status'],
  )
}
