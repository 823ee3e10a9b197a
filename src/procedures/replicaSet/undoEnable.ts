import { Failure } from '../../domain/failure.js'
import { memberFileName } from '../../domain/replicaSet/memberFile.js'
import type { MadeReplicaSet, MeasuredData, Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Plan, Step } from '../plan.js'
import { runningWriters, startWriters, stopWriters, WriterState } from '../restore/writers.js'
import { markUndone, type UndoResult } from '../restore/undone.js'
import { withSession } from '../withSession.js'
import { becomeMember, becomeStandalone } from './becomeMember.js'
import { compareData, measureData } from './measure.js'
import { cutOffEnabling, memberScene } from './scene.js'
import { serving } from './serving.js'

/** Seconds that the server gets to come up. */
const patience = 300

/**
 * Makes the server a standalone again, on the data that it has by now. Throws `SET_HAS_MEMBERS` (refused) where others were added to its
 * set, and what connecting throws where the server neither answers nor is known to serve nobody.
 */
export async function undoEnable(
  receipt: Receipt,
  { file, service }: MadeReplicaSet,
  target: Target,
  closing: Step,
  world: World,
): Promise<Plan<UndoResult>> {
  const scene = await memberScene(target, world)
  // Compose refuses to do anything with a file that is not there, and this one goes.
  const around = { ...world, stack: scene.without }
  const text = await world.ownCompose.text(file)
  const state = new WriterState(await runningWriters(target, world, receipt.stopped ?? []))
  let data: MeasuredData | undefined
  const measured = (context: Parameters<Step['run']>[0]) =>
    withSession(target, world, context.signal, (session) => measureData(session, context))
  const now = await serving(target, world, new AbortController().signal)
  if (now?.members !== undefined && now.members > 1) throw severalMembers(target, now.members)
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [
      ['Removes', `${file}; the container of ${service} is made anew without it`],
      ['Data', 'stays as it is now; what its oplog holds (the database "local") stays too, unused'],
      ['Afterwards', `take ${memberFileName} out of COMPOSE_FILE in .env, where it is named there`],
    ],
    loses: [
      `point-in-time recovery of ${target.name}: what slices hold so far stays, and nothing follows`,
      `the connections to ${scene.container.name}, for the seconds that its server takes to start`,
    ],
    holds: 'lock and receipt',
    steps: [
      ...stopWriters(state, around),
      // A member that was never initiated serves nobody, so there is nothing to be counted; its record says what it held.
      ...(now ? [count()] : []),
      {
        title: `Remove ${file}`,
        effect: 'changes',
        run: () => world.ownCompose.remove(file),
        async undo() {
          if (text !== undefined) await world.ownCompose.write(file, text)
        },
      },
      {
        title: `Make ${scene.container.name} anew, as a standalone`,
        effect: 'destroys',
        run: (context) => becomeStandalone(target, scene, patience, world, context),
        async undo(context) {
          if (scene.isMember) await becomeMember(target, scene, patience, world, context)
        },
      },
      {
        title: 'Prove that everything is there',
        effect: 'reads',
        async run(context) {
          const before = data ?? receipt.replicaSet?.data
          if (!before) return
          const known = { data: before, mayBeFewer: data === undefined }
          compareData(target, known, await measured(context), context.warn)
        },
      },
      ...startWriters(state, around),
      closing,
      ...(await closingOthers(receipt, target, world)),
    ],
    receipt: () => ({ stopped: state.down, again: `ops undo ${receipt.id}` }),
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: [],
      restored: null,
      returned: [],
      receipt: own?.id ?? null,
    }),
  }

  function count(): Step {
    return {
      title: `Count what ${target.name} holds`,
      effect: 'reads',
      async run(context) {
        data = await measured(context)
      },
    }
  }
}

function severalMembers({ name }: Target, members: number): Failure {
  return new Failure(
    'refused',
    'SET_HAS_MEMBERS',
    `the set of "${name}" has ${members.toString()} members by now: as a standalone it would part from the others, which go on without it`,
    ['mongosh --eval "rs.remove(...)"   (each of the others, where they are to go)', 'ops doctor'],
  )
}

/** What runs before had begun is taken back with it. */
async function closingOthers(
  { id }: Receipt,
  target: Target,
  world: World,
): Promise<readonly Step[]> {
  const others = (await cutOffEnabling(target, world)).filter((one) => one.id !== id)
  return others.map((receipt) => markUndone(receipt, world))
}
