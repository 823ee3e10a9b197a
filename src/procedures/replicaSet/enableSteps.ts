import type { MeasuredData } from '../../domain/receipt.js'
import type { World } from '../../ports/world.js'
import { proveServer } from '../dr/proveServer.js'
import { closeCutOff } from '../cutOff.js'
import type { Step, StepContext } from '../plan.js'
import { startWriters, stopWriters } from '../restore/writers.js'
import { requireAsPlanned } from '../stack/asPlanned.js'
import { withSession } from '../withSession.js'
import { becomeMember, becomeStandalone } from './becomeMember.js'
import type { Enabling } from './enabling.js'
import { compareData, measureData } from './measure.js'

/** What is left to do of making a server a member: all of it, or what a run that was cut off did not come to. */
export function enableSteps(enabling: Enabling, world: World): readonly Step[] {
  const { backup, state, scene } = enabling
  // Compose refuses to do anything with a file that is not there: this one comes and goes.
  const around = { ...world, stack: scene.without }
  return [
    ...(backup?.steps ?? []),
    ...stopWriters(state, around),
    ...writeFile(enabling, world),
    become(enabling, world),
    prove(enabling, world),
    ...startWriters(state, around),
    ...closing(enabling, world),
  ]
}

/** What is there is counted before anything of it is touched. */
function writeFile(enabling: Enabling, world: World): readonly Step[] {
  const { request, scene, text, remake } = enabling
  if (text === undefined) return []
  let isTouched = false
  return [
    {
      title: `Count what ${request.target.name} holds`,
      effect: 'reads',
      async run(context) {
        enabling.data = await withSession(request.target, world, context.signal, (session) =>
          measureData(session, context),
        )
      },
    },
    {
      title: `Write ${scene.file}`,
      effect: 'changes',
      async run({ signal }) {
        if (remake) await requireAsPlanned(remake, world, signal, 'ops pitr enable --dry-run')
        isTouched = true
        await world.ownCompose.write(scene.file, text)
      },
      // What another run wrote meanwhile is its own.
      async undo() {
        if (isTouched) await world.ownCompose.remove(scene.file)
      },
    },
  ]
}

function become(enabling: Enabling, world: World): Step {
  const { request, scene, text } = enabling
  const { target, timeoutSeconds } = request
  const step: Step = {
    title: `Make ${scene.container.name} anew, and initiate its replica set`,
    effect: 'destroys',
    run: (context) => becomeMember(target, scene, timeoutSeconds, world, context),
  }
  // What an earlier run made stays where this one fails: that is the way on, and "ops undo" the way back.
  if (text === undefined) return { ...step, stays: true }
  return {
    ...step,
    async undo(context) {
      await becomeStandalone(target, scene, timeoutSeconds, world, context)
      // The services stay stopped where it came up beside its data.
      if (enabling.data) await requireSame(enabling, enabling.data, world, context)
    },
  }
}

function prove(enabling: Enabling, world: World): Step {
  const { target, timeoutSeconds } = enabling.request
  return {
    title: 'Prove that everything is there, and that a majority takes a write',
    effect: 'reads',
    async run(context) {
      const alone = { ...target, databases: [] }
      const request = { target: alone, timeoutSeconds, wasWell: false }
      enabling.server = await proveServer(request, world, context)
      const { data } = enabling
      if (!data) {
        context.warn('what it held before was not counted by the run that was cut off')
        return
      }
      await requireSame(enabling, data, world, context)
    },
  }
}

async function requireSame(
  { request: { target }, servedBefore }: Enabling,
  data: MeasuredData,
  world: World,
  context: StepContext,
): Promise<void> {
  const now = await withSession(target, world, context.signal, (session) =>
    measureData(session, context),
  )
  compareData(target, { data, mayBeFewer: servedBefore }, now, context.warn)
}

/** Taking back what was cut off is this run's now. */
function closing({ cutOff }: Enabling, world: World): readonly Step[] {
  return closeCutOff(cutOff, world, ({ replicaSet, ...receipt }, { detail }) => {
    detail(`${replicaSet?.file ?? 'nothing'} of ${receipt.id} is on this record`)
    return {
      ...receipt,
      state: 'failed',
      error: { code: 'CUT_OFF', message: 'it was cut off; a later run went on with it' },
      settled: { at: world.clock.now().toISOString(), because: 'a later run went on' },
      stopped: [],
    }
  })
}
