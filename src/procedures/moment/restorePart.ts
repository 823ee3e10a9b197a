import { optimeText } from '../../domain/oplog/optime.js'
import type { World } from '../../ports/world.js'
import { requireSpace } from '../backup/space.js'
import { requireOwnKey } from '../encryption/readBack.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { earlierPart } from '../restore/earlier.js'
import { touchedBy } from '../restore/facts.js'
import { lookAgain } from '../restore/lookAgain.js'
import { lookAround } from '../restore/lookAround.js'
import { savedBy } from '../restore/restore.js'
import { restoreSteps } from '../restore/restoreSteps.js'
import { aroundSafetyBackup } from '../restore/stillWritten.js'
import { closeUnfinished, putRightBy } from '../restore/unfinished.js'
import { startWriters, stopWriters, WriterState } from '../restore/writers.js'
import { keepingPart, keepSteps, keptAnswer, markSteps } from '../discarded/keeping.js'
import { scratchImage } from '../trial/scratchImage.js'
import { withSession } from '../withSession.js'
import { holdSteps, OplogHold } from './oplogHold.js'
import type { MomentPartRequest, PartFacts } from './partFacts.js'
import { PartRun } from './partRun.js'
import { partLosses, partPlanFacts, partTitle } from './partText.js'
import { bytesOfPart, selectionThen, wantedPart } from './partWanted.js'
import { shortTime } from './planText.js'
import { Rebuild } from './rebuild.js'
import { replayRate } from './replayRate.js'
import type { MomentResult } from './restoreMoment.js'

/**
 * Puts one database or one collection back to a moment, and leaves everything else as it is: the moment is rebuilt in a server that is
 * there for nothing else, by the same replay that brings back a whole target, and the part is restored from there like from a
 * backup. So renamings and transactions that reach over the border of the part come out right.
 */
export const restorePart: Procedure<MomentPartRequest, MomentResult, World> = {
  id: 'restore',
  summary: 'replace one database or collection by what it was at a moment, and prove it',

  async plan(request, world) {
    const { target, wanted, signal, from } = request
    const part = wantedPart(request.choice, target)
    const image = await scratchImage(target, request.image, world)
    await requireOwnKey(world, 'what is taken out of the scratch server')
    const rebuild = new Rebuild({ target, wanted, database: part.database }, image, world)
    try {
      const moment = await rebuild.find({ signal, ...(from ? { from } : {}) })
      const expected = await rebuild.rehearse(signal)
      const base = moment.source.contents
      const selection = selectionThen(part, target, expected, base, wanted)
      const bytes = bytesOfPart(selection, base)
      const shelf = world.shelf(target)
      requireSpace(await shelf.freeBytes(), bytes, shelf.folder)
      const { safetyBackup, allowVersionMismatch, compression, keepDiscarded } = request
      const restoring = {
        ...{ target, wanted: { kind: 'opened', source: moment.source } as const, choice: part },
        ...{ safetyBackup, allowVersionMismatch, compression },
        ...(keepDiscarded === undefined ? {} : { keepDiscarded }),
      }
      const restore = await withSession(target, world, signal, (session) =>
        lookAround(
          restoring,
          { source: moment.source, selection, point: { at: moment.until, exact: true } },
          session,
          world,
        ),
      )
      const rate = replayRate(await world.receipts.list(), target.name)
      const facts = { request, moment, expected, restore, rate, image: image.name, bytes }
      return await planned(facts, rebuild, world)
    } catch (error) {
      await rebuild.remove()
      throw error
    }
  },
}

async function planned(
  facts: PartFacts,
  rebuild: Rebuild,
  world: World,
): Promise<Plan<MomentResult>> {
  const { request, moment, expected, restore, bytes } = facts
  const { target, compression } = request
  const { source, slices, until } = moment
  const { safety, writers, live, selection, earlier } = restore
  const { into } = selection
  const { tools, because, seen } = await world.tools.choose(target, { kind: 'restore', bytes })
  if (!seen) await tools.versions(target)
  const name = `${source.name} and ${slices.length.toString()} slices, up to ${optimeText(until)}`
  const run = new PartRun({ facts: restore, rebuild, tools, name, bytes }, world)
  const hold = new OplogHold(target, world)
  const state = new WriterState(writers)
  const touched = touchedBy(selection)
  const cutOff = await putRightBy(touched, target, world)
  const began = { at: 0 }

  return {
    command: 'restore',
    target: target.name,
    title: partTitle(facts),
    facts: await partPlanFacts(facts, `${tools.name} (${because})`, world),
    warnings: moment.passedOver,
    loses: partLosses(facts),
    ...(restore.discarded ? { discarded: restore.discarded } : {}),
    holds: 'lock and receipt',
    steps: [
      ...rebuildSteps(run, rebuild, () => {
        began.at = world.clock.elapsed()
      }),
      lookAgain(restore, world),
      ...stopWriters(state, world),
      ...(into === undefined ? holdSteps(hold, target, compression) : []),
      ...aroundSafetyBackup(restore, world, safety?.steps ?? []),
      ...(into === undefined ? [endTimeline(hold)] : []),
      ...keepSteps(restore.keeping),
      ...restoreSteps(run, restore, () => undefined),
      ...markSteps(restore.keeping),
      ...startWriters(state, world),
      ...closeUnfinished(cutOff, world),
    ],
    release: async () => {
      await hold.release()
      await run.discard()
      await rebuild.remove()
    },
    receipt: () => ({
      again: againText(facts),
      ...(into === undefined ? {} : { created: [into] }),
      ...(safety?.manifest() ? { safetyBackup: safety.manifest()?.id ?? '' } : {}),
      ...(touched ? { touched, emptyBefore: live.length === 0 } : {}),
      ...earlierPart(earlier, safety?.manifest() !== undefined),
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
              ...(run.engine === undefined ? {} : { engine: run.engine }),
            },
          }
        : {}),
    }),
    result: (receipt) => ({
      id: source.name,
      target: target.name,
      into: into ?? null,
      moment: { time: shortTime(until), optime: optimeText(until) },
      slices: slices.length,
      operations: expected.operations,
      collections: Object.fromEntries(
        Object.entries(run.comparison?.collections ?? {}).map(([of, one]) => [
          of,
          { documents: one.documents, expected: one.expected },
        ]),
      ),
      dropped: run.dropped,
      seconds: Math.round(world.clock.elapsed() - began.at) / 1000,
      ...(run.engine === undefined ? {} : { engine: run.engine }),
      safetyBackup: savedBy(earlier, safety),
      ...keptAnswer(restore.keeping),
      receipt: receipt?.id ?? null,
    }),
  }
}

/** Reads, for the live server: it is not touched before all of this went well. */
function rebuildSteps(run: PartRun, rebuild: Rebuild, begin: () => void): readonly Step[] {
  return [
    {
      title: 'Start a scratch server',
      effect: 'reads',
      run: (context) => {
        begin()
        return rebuild.start(context)
      },
      undo: () => rebuild.remove(),
    },
    {
      title: 'Rebuild the moment in it',
      effect: 'reads',
      run: (context) => rebuild.restore(context),
    },
    {
      title: 'Take the part out of it, and remove it',
      effect: 'reads',
      run: (context) => run.takeOut(context),
    },
  ]
}

/** What comes now is the restore's: no slice goes on over it. */
function endTimeline(hold: OplogHold): Step {
  return {
    title: 'End the timeline of the slices',
    effect: 'reads',
    run: (context) => hold.endTimeline(context),
  }
}

function againText({ request, moment, restore }: PartFacts): string {
  const { databases, collection, into } = restore.selection
  return [
    `ops restore --to-time ${optimeText(moment.until)} --database ${databases.join()}`,
    ...(collection === undefined ? [] : [`--collection ${collection}`]),
    ...(into === undefined ? [] : [`--into ${into}`]),
    ...(request.from ? [`--from ${request.from.name}`] : []),
    `--target ${request.target.name}`,
  ].join(' ')
}
