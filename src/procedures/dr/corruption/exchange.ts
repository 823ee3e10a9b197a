import { Failure } from '../../../domain/failure.js'
import type { Target } from '../../../domain/target.js'
import type { MeasuredFiles } from '../../../ports/dataVolumes.js'
import type { MongoSession } from '../../../ports/mongo.js'
import type { World } from '../../../ports/world.js'
import { startedOnDamaged } from '../../dataFiles/backUp.js'
import type { RestoreScene } from '../../dataFiles/scene.js'
import type { Step, StepContext } from '../../plan.js'

/** An exchange of damaged files for others. */
export interface DamagedExchange {
  readonly target: Target
  readonly scene: RestoreScene
  readonly folder: string
  /** Waits for the server on what is in place now. Throws where it does not come up, or not as it should. */
  readonly up: (context: StepContext) => Promise<MongoSession>
}

/** What is known once the damaged files lie aside. */
export interface Kept {
  measured?: MeasuredFiles
}

/**
 * Stops the database, puts the damaged files aside by renaming, makes sure that all of them are there, and starts the database on
 * what was prepared. Taken back, the damaged files are in place again, and the server is started on them whether it can
 * or not.
 */
export function damagedExchange(
  { target, scene, folder, up }: DamagedExchange,
  kept: Kept,
  world: World,
): readonly Step[] {
  const { container, place } = scene
  const { power, dataVolumes } = world
  const ran = container.state === 'running' || container.state === 'restarting'
  return [
    {
      title: `Stop ${container.name}`,
      effect: 'changes',
      run: ({ signal }) => power.stop(container.id, signal),
      async undo(context) {
        if (ran) await startedOnDamaged(target, container.id, world, context)
      },
    },
    {
      title: 'Put the damaged files aside, and see that all of them are there',
      effect: 'destroys',
      async run({ signal, detail }) {
        const before = await dataVolumes.measure(place, undefined, signal)
        await dataVolumes.exchange(place, folder, 'restored', signal)
        const after = await dataVolumes.measure(place, folder, signal)
        if (after.files !== before.files || after.bytes !== before.bytes)
          throw keptDiffers(target, before, after)
        kept.measured = after
        detail(`${after.files.toString()} files, ${after.bytes.toString()} bytes in ${folder}`)
      },
      undo: ({ signal }) => dataVolumes.exchange(place, folder, 'before', signal),
    },
    {
      title: `Start ${container.name}, and wait until it takes writes`,
      effect: 'changes',
      async run(context) {
        await power.start(container.id, context.signal)
        const session = await up(context)
        await session.close()
      },
      undo: ({ signal }) => power.stop(container.id, signal),
    },
  ]
}

function keptDiffers({ name }: Target, before: MeasuredFiles, after: MeasuredFiles): Failure {
  const said = ({ files, bytes }: MeasuredFiles) =>
    `${files.toString()} files of ${bytes.toString()} bytes`
  return new Failure(
    'integrity',
    'KEPT_FILES_DIFFER',
    `the damaged files of "${name}" were ${said(before)}, and what was put aside is ${said(after)}: something else uses the volume`,
    ['docker ps --filter volume=VOLUME', 'ops doctor'],
    { facts: { before, after } },
  )
}
