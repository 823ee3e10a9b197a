import type { Optime } from '../../domain/contents.js'
import type { ReplayCount } from '../../domain/replayCount.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { withSession } from '../withSession.js'
import { requireStillRestored, type FoundKept } from './findKept.js'
import { PlayingBack, type PlayedDocument, type RefusedChanges } from './playBack.js'
import { provePlayed, type PlayedProof } from './provePlayed.js'
import { ReplayCounts } from './replayCounts.js'
import type { Workings } from './workings.js'

/** The part of playing back that touches the database. */
export class ReplayRun {
  done: readonly PlayedDocument[] = []
  refused: readonly RefusedChanges[] = []
  proof: PlayedProof | undefined
  /** What became of the writes; nothing before they are played back. */
  counts: readonly ReplayCount[] | undefined
  /** Name of the list of what it changes. */
  readonly list: string
  #since: Optime | undefined

  constructor(
    private readonly target: Target,
    private readonly workings: Workings,
    private readonly found: FoundKept,
    private readonly world: World,
  ) {
    this.list = world.host.token()
  }

  steps(documents: number): readonly Step[] {
    return [
      {
        title: 'Begin the list of what is changed',
        effect: 'reads',
        // There before a record names it: one that is not there is lost, and never one of nothing.
        run: async () => {
          await requireStillRestored(this.found, this.target, this.world)
          await (await this.world.putBackLists.write(this.list)).close()
        },
      },
      {
        title: `Play the writes back: ${documents.toString()} ${documents === 1 ? 'document changes' : 'documents change'}`,
        effect: 'changes',
        stays: true,
        run: (context) => this.#play(context),
      },
      {
        title: 'Prove each of them',
        effect: 'reads',
        run: (context) => this.#prove(context),
      },
    ]
  }

  async #play({ signal, detail, warn }: StepContext): Promise<void> {
    const list = await this.world.putBackLists.write(this.list)
    const counts = new ReplayCounts()
    try {
      await withSession(this.target, this.world, signal, async (session) => {
        this.#since = await session.lastOptime()
        const playing = new PlayingBack(session.stored, list, signal)
        this.done = playing.done
        for await (const changes of this.workings.changes(session.stored, counts, signal))
          await playing.play(changes)
        await playing.end()
        this.refused = playing.refused
      })
    } finally {
      await list.close()
    }
    this.counts = counts.all()
    detail(`${this.done.length.toString()} documents`)
    for (const { namespace, conflicts } of this.refused)
      for (const { because, count } of conflicts)
        warn(`${count.toString()} documents of ${namespace} are left as they are: ${because}`)
  }

  async #prove({ signal, detail, warn }: StepContext): Promise<void> {
    const { target, world } = this
    this.proof = await withSession(target, world, signal, (session) =>
      provePlayed(this.done, this.#since, session, target, world, signal),
    )
    const { proved, changedSince } = this.proof
    detail(`${proved.toString()} documents are, byte for byte, what they should be`)
    if (changedSince > 0) warn(`${changedSince.toString()} were written to by somebody else since`)
  }
}
