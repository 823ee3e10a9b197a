import type { SplicedState } from '../../archive/splice.js'
import type { Receipt } from '../../domain/receipt.js'
import { optimeText } from '../../domain/oplog/optime.js'
import type { World } from '../../ports/world.js'
import { keepingPart, keepSteps, keptAnswer, markSteps } from '../discarded/keeping.js'
import { forecastFact } from '../forecastFact.js'
import type { Plan, Procedure, Step, StepContext } from '../plan.js'
import { earlierPart } from '../restore/earlier.js'
import { touchedBy } from '../restore/facts.js'
import { lookAgain } from '../restore/lookAgain.js'
import { savedBy, type RestoreResult } from '../restore/restore.js'
import { aroundSafetyBackup } from '../restore/stillWritten.js'
import { closeUnfinished, putRightBy } from '../restore/unfinished.js'
import { startWriters, stopWriters, WriterState } from '../restore/writers.js'
import { findMoment, type FoundMoment } from './findMoment.js'
import { lookAround } from './lookAround.js'
import type { MomentFacts, MomentRequest } from './momentFacts.js'
import { MomentRun } from './momentRun.js'
import { holdSteps, OplogHold } from './oplogHold.js'
import { momentLosses, momentPlanFacts, momentText, shortTime } from './planText.js'

/** What `ops restore --to-time` answers. `id` is that of the base. */
export interface MomentResult extends RestoreResult {
  /** What came back: the second, and the last entry that could count, as `seconds:ordinal`. */
  readonly moment: { readonly time: string; readonly optime: string }
  readonly slices: number
  /** Operations that were replayed after the base. */
  readonly operations: number
}

/**
 * Puts a server back to a moment: a base and the slices of its oplog up to that moment, in one replay. All of it is read and
 * put together once before anything is touched.
 */
export const restoreMoment: Procedure<MomentRequest, MomentResult, World> = {
  id: 'restore',
  summary: 'replace what is there by what was there at a moment, and prove it',

  async plan(request, world) {
    const { target, wanted } = request
    return planMoment(request, await findMoment(wanted, target, world, request), world)
  },
}

/**
 * The plan for a moment that was found already; `rehearsed` is what a rehearsal of it told. Lets go of what was put down for it where
 * there is no plan. Throws what looking around throws.
 */
export async function planMoment(
  request: MomentRequest,
  moment: FoundMoment,
  world: World,
  rehearsed?: SplicedState,
): Promise<Plan<MomentResult>> {
  try {
    const session = await world.mongo.connect(request.target)
    const looking = lookAround(request, moment, session, world, rehearsed)
    return await decide(await looking.finally(() => session.close()), world)
  } catch (error) {
    await moment.discard?.()
    throw error
  }
}

async function decide(facts: MomentFacts, world: World): Promise<Plan<MomentResult>> {
  const { request, moment, expected, restore, rate } = facts
  const { target, wanted } = request
  const { source, slices, until } = moment
  const { safety, writers, live, selection } = restore
  const bytes = slices.reduce((sum, { rawBytes }) => sum + rawBytes, source.contents.rawBytes)
  const work = { kind: 'restore', bytes } as const
  const { tools, because } = await world.tools.choose(target, work)
  // A missing mongorestore, too, is found before anything is touched.
  await tools.versions(target)
  const hold = new OplogHold(target, world)
  const run = new MomentRun(facts, tools, hold, world)
  const state = new WriterState(writers)
  const touched = touchedBy(selection)
  const cutOff = await putRightBy(touched, target, world)
  const began = { at: 0 }
  const replay = expected.operations / rate
  const baseBytes = source.contents.rawBytes
  const duration = await forecastFact('restore', target, baseBytes, world, replay)

  return {
    command: 'restore',
    target: target.name,
    title: `restore ${target.name} to ${momentText(wanted)}`,
    facts: [...momentPlanFacts(facts, `${tools.name} (${because})`), duration],
    warnings: moment.passedOver,
    loses: momentLosses(facts),
    ...(restore.discarded ? { discarded: restore.discarded } : {}),
    holds: 'lock and receipt',
    steps: [
      lookAgain(restore, world),
      ...stopWriters(state, world),
      ...holdSteps(hold, target, request.compression),
      ...aroundSafetyBackup(restore, world, safety?.steps ?? []),
      ...keepSteps(restore.keeping),
      ...momentSteps(run, facts, () => {
        began.at = world.clock.elapsed()
      }),
      ...markSteps(restore.keeping),
      ...startWriters(state, world),
      ...closeUnfinished(cutOff, world),
    ],
    release: async () => {
      await hold.release()
      await moment.discard?.()
    },
    receipt: () => ({
      again: `ops restore --to-time ${optimeText(until)} --target ${target.name}${request.from ? ` --from ${request.from.name}` : ''}`,
      ...(safety?.manifest() ? { safetyBackup: safety.manifest()?.id ?? '' } : {}),
      ...(touched ? { touched, emptyBefore: live.length === 0 } : {}),
      ...earlierPart(restore.earlier, safety?.manifest() !== undefined),
      ...keepingPart(restore.keeping),
      stopped: state.down,
      ...(run.comparison
        ? {
            proof: {
              collections: run.comparison.collections,
              source: source.name,
              sha256: source.sha256,
              moment: optimeText(until),
              slices: slices.length,
              ...(run.replay ? { replay: run.replay } : {}),
              ...(run.engine === undefined ? {} : { engine: run.engine }),
            },
          }
        : {}),
    }),
    result: (receipt: Receipt | undefined) => ({
      id: source.name,
      target: target.name,
      into: null,
      moment: { time: shortTime(until), optime: optimeText(until) },
      slices: slices.length,
      operations: expected.operations,
      collections: run.comparison?.collections ?? {},
      dropped: restore.surplus.map(({ database, collection }) => `${database}.${collection}`),
      seconds: Math.round(world.clock.elapsed() - began.at) / 1000,
      ...(run.engine === undefined ? {} : { engine: run.engine }),
      safetyBackup: savedBy(restore.earlier, safety),
      ...keptAnswer(restore.keeping),
      receipt: receipt?.id ?? null,
    }),
  }
}

/** Restore, prove. `begin` is called when the first of them starts. */
function momentSteps(
  run: MomentRun,
  { request, expected }: MomentFacts,
  begin: () => void,
): readonly Step[] {
  const size = Object.keys(expected.catalogue).length
  const undo = run.canBeTakenBack ? { undo: (context: StepContext) => run.takeBack(context) } : {}
  const { wanted } = request
  return [
    {
      title: 'Look once more: is everything there that this takes?',
      effect: 'reads',
      run: (context) => run.lookOnceMore(context),
    },
    {
      title: `Restore ${size.toString()} ${size === 1 ? 'collection' : 'collections'} to ${shortTime(wanted.until)}`,
      effect: 'destroys',
      undoWhen: 'failure',
      run: (context) => {
        begin()
        return run.feed(context)
      },
      ...undo,
    },
    {
      title: 'Prove that everything is as it was then',
      effect: 'reads',
      run: (context) => run.prove(context),
    },
  ]
}
