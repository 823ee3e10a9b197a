import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { withSession } from '../withSession.js'
import { playBack, provePlayed, type PlayedBack, type PlayedProof } from './playBack.js'
import type { PlannedChange } from './simulate.js'

/** The part of playing back that touches the database. */
export class ReplayRun {
  played: PlayedBack = { done: [], refused: [] }
  proof: PlayedProof | undefined
  /** Name of the list of what it changes. */
  readonly list: string

  constructor(
    private readonly target: Target,
    private readonly changes: readonly PlannedChange[],
    private readonly world: World,
  ) {
    this.list = world.host.token()
  }

  steps(): readonly Step[] {
    const count = this.changes.length
    return [
      {
        title: 'Begin the list of what is changed',
        effect: 'reads',
        // There before a record names it: one that is not there is lost, and never one of nothing.
        run: async () => {
          await (await this.world.putBackLists.write(this.list)).close()
        },
      },
      {
        title: `Play the writes back: ${count.toString()} ${count === 1 ? 'document changes' : 'documents change'}`,
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
    try {
      this.played = await withSession(this.target, this.world, signal, ({ stored }) =>
        playBack(this.changes, stored, list, signal),
      )
    } finally {
      await list.close()
    }
    detail(`${this.played.done.length.toString()} documents`)
    for (const { namespace, conflicts } of this.played.refused)
      for (const { because, count } of conflicts)
        warn(`${count.toString()} documents of ${namespace} are left as they are: ${because}`)
  }

  async #prove({ signal, detail, warn }: StepContext): Promise<void> {
    this.proof = await withSession(this.target, this.world, signal, ({ stored }) =>
      provePlayed(this.played.done, stored, signal),
    )
    const { proved, changedSince } = this.proof
    detail(`${proved.toString()} documents are, byte for byte, what they should be`)
    if (changedSince > 0) warn(`${changedSince.toString()} were written to by somebody else since`)
  }
}
