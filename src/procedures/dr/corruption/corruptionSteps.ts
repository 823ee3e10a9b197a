import { mayDropWrites } from '../../../domain/dataFiles.js'
import type { Receipt } from '../../../domain/receipt.js'
import type { World } from '../../../ports/world.js'
import { keepLastWrites, unpack } from '../../dataFiles/restoreDataFiles.js'
import { OplogHold } from '../../moment/oplogHold.js'
import type { Plan, Step } from '../../plan.js'
import { closeUnfinished } from '../../restore/unfinished.js'
import { startWriters, stopWriters, WriterState } from '../../restore/writers.js'
import { CorruptionRun } from './corruptionRun.js'
import { takeBackCutOff } from './cutOff.js'
import { damagedExchange, type Kept } from './exchange.js'
import {
  corruptionFacts,
  corruptionLosses,
  corruptionWarnings,
  type CorruptionFacts,
} from './planText.js'
import { corruptionObjective, type CorruptionRecovery } from './recovery.js'

/** Everything that a plan is made of. */
export interface CorruptionPlan {
  readonly facts: CorruptionFacts
  readonly passedOver: readonly string[]
  /** Other procedures on the target that were killed half-way: what they left is replaced. */
  readonly others: readonly Receipt[]
  /** Folder that the damaged files will lie in. */
  readonly folder: string
  readonly began: number
}

/** The plan of a recovery, step by step. */
export function corruptionSteps(
  { facts, passedOver, others, folder, began }: CorruptionPlan,
  world: World,
): Plan<CorruptionRecovery> {
  const { request, destination, writers, verdict, cutOff } = facts
  const { target } = request
  const { scene } = destination
  const hold = new OplogHold(target, world)
  const run = new CorruptionRun(facts.way, request, destination, hold, world)
  const state = new WriterState(writers)
  const kept: Kept = {}
  const down = { from: 0, seconds: 0 }
  const keepAway: Step = {
    title: 'Keep the slicer away',
    effect: 'reads',
    run: (context) => hold.take(context),
    undo: () => hold.release(),
  }
  return {
    command: 'dr corruption',
    target: target.name,
    title: `bring ${target.name} back from ${cutOff.length > 0 ? 'a recovery that was cut off' : 'damage'}`,
    facts: corruptionFacts(facts),
    warnings: [...passedOver, ...corruptionWarnings(facts), ...(verdict?.notes ?? [])],
    loses: corruptionLosses(facts),
    holds: 'lock and receipt',
    recordedFromTheStart: true,
    steps: [
      keepAway,
      ...stopWriters(state, world),
      ...takeBackCutOff(cutOff, destination, world),
      ...lastSlice(facts, run),
      ...prepare(facts, folder, world),
      ...damagedExchange(
        {
          target,
          scene,
          folder,
          up: (context) => run.up(context),
        },
        kept,
        world,
      ).map((step, at) => (at === 0 ? begun(step, down, world) : step)),
      ...bringBack(facts, run),
      {
        title: 'Prove that everything came back, and that the server takes writes',
        effect: 'reads',
        async run(context) {
          await run.prove(context)
          down.seconds = Math.round(world.clock.elapsed() - down.from) / 1000
        },
      },
      ...startWriters(state, world),
      ...closeUnfinished(others, world, folder),
    ],
    release: () => hold.release(),
    receipt: () => ({
      again: `ops dr corruption --target ${target.name}`,
      dataFiles: { folder, inPlace: 'restored', damagedBefore: true },
      stopped: state.down,
      ...(run.collections
        ? {
            proof: {
              way: run.way.kind,
              source: run.way.entry.manifest.id,
              rawBytes: run.way.entry.manifest.rawBytes,
              restoreSeconds: run.restoreSeconds,
              downSeconds: down.seconds,
              collections: run.collections,
            },
          }
        : {}),
    }),
    result: (receipt) => {
      if (!run.server) throw new Error('a recovery has a result once it was proved')
      const counted = Object.entries(run.collections ?? {}).map(
        ([name, { documents, expected }]) => [name, { documents, expected }] as const,
      )
      return {
        target: target.name,
        verdict: verdict ? 'damaged' : cutOff.length > 0 ? 'cut off before' : 'assumed',
        damages: verdict?.damages ?? [],
        notes: verdict?.notes ?? [],
        back: {
          way: run.way.kind,
          id: run.way.entry.manifest.id,
          asOf: run.way.at.toISOString(),
          collections: Object.fromEntries(counted),
          users: run.users ?? null,
          server: run.server,
          kept: { files: 0, bytes: 0, ...kept.measured, folder, volume: scene.place.volume },
          downSeconds: down.seconds,
          jobsStopped: writers.stop.filter((service) => !writers.start.includes(service)),
        },
        seconds: Math.round(world.clock.elapsed() - began) / 1000,
        objectiveSeconds: corruptionObjective,
        receipt: receipt?.id ?? null,
      }
    },
  }
}

function begun(step: Step, down: { from: number }, { clock }: World): Step {
  return {
    ...step,
    run(context) {
      down.from = clock.elapsed()
      return step.run(context)
    },
  }
}

function lastSlice({ readsOplog, ways }: CorruptionFacts, run: CorruptionRun): readonly Step[] {
  if (!readsOplog) return []
  return [
    {
      title: 'Read what the damaged server still has of its oplog',
      effect: 'reads',
      run: (context) => run.reachFurther(ways, context),
    },
  ]
}

/** Beside the damaged files: what goes wrong here goes wrong while they are in place. */
function prepare(
  { way, destination: { target, scene } }: CorruptionFacts,
  folder: string,
  world: World,
): readonly Step[] {
  if (way.kind !== 'data files')
    return [
      {
        title: 'Make room for a server that begins anew, beside the damaged files',
        effect: 'changes',
        // Where the way back failed, the folder holds the only files.
        undoOnlyIfWhole: true,
        run: ({ signal }) => world.dataVolumes.makeEmpty(scene.place, folder, signal),
        undo: ({ signal }) => world.dataVolumes.forget(scene.place, folder, signal),
      },
    ]
  const { source } = way
  return [
    unpack(source, scene, folder, target, world),
    ...(mayDropWrites(source.facts) ? [keepLastWrites(source, scene, folder, world)] : []),
  ]
}

/** Destroys nothing: the server began anew, and what was there lies aside. */
function bringBack({ way }: CorruptionFacts, run: CorruptionRun): readonly Step[] {
  if (way.kind === 'data files') return []
  return [
    {
      title: `Bring back ${way.source.name}${way.kind === 'moment' ? ' and the slices behind it' : ''}`,
      effect: 'changes',
      run: (context) => run.bringBack(context),
    },
  ]
}
