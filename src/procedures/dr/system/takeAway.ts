import { Failure } from '../../../domain/failure.js'
import type { RebuiltSystem, Receipt } from '../../../domain/receipt.js'
import type { World } from '../../../ports/world.js'
import type { Plan } from '../../plan.js'
import { markUndone, type UndoResult } from '../../restore/undone.js'
import { earlierRun, isOurs } from './leftovers.js'
import { usedSince } from './usedSince.js'

/**
 * Why what a recovery made may be in use by now, and is not taken away; nothing where it is certain to be what was left of it: it came
 * to its end, a later run did or was taken back, somebody settled it or finished it by hand, or a week has passed.
 */
export async function whyInUse(
  receipt: Receipt,
  { folder, project }: RebuiltSystem,
  world: Pick<World, 'receipts' | 'clock' | 'engine'>,
): Promise<string | undefined> {
  if (receipt.state === 'done') return 'it came to its end, and what it made is in use'
  if (receipt.settled) return `${receipt.settled.because}, and what it made may be in use`
  const open = await earlierRun(folder, project, world)
  if (open?.receipts.some(({ id }) => id === receipt.id) === true) {
    const used = await usedSince(open, world)
    if (used === undefined) return undefined
    return `${used}: what is there may be in use; where nobody needs it, "ops stack down --volumes" removes it`
  }
  return 'a later run came to its end or was taken back, or a week has passed: what is there may be in use'
}

/**
 * Takes away what a recovery made that did not come to its end: containers, networks and volumes of the project. Files stay: they
 * are those of the kit. Throws `UNDO_IMPOSSIBLE` (refused) from any other folder than that of the stack, and where a volume of the
 * project was there before.
 */
export async function takeAwaySystem(
  receipt: Receipt,
  system: RebuiltSystem,
  world: World,
): Promise<Plan<UndoResult>> {
  const { stack } = world
  const { folder, project, restored } = system
  if (stack?.directory !== folder)
    throw new Failure(
      'refused',
      'UNDO_IMPOSSIBLE',
      `${receipt.id} made ${project} in ${folder}: it is taken away from there`,
      [`cd ${folder} && ops undo ${receipt.id}`],
    )
  const open = await earlierRun(folder, project, world)
  const volumes: string[] = []
  for (const name of system.volumes) {
    const madeAt = await world.supplies.volumeMadeAt(name)
    if (madeAt === undefined) continue
    if (!isOurs(name, madeAt, open))
      throw new Failure(
        'refused',
        'UNDO_IMPOSSIBLE',
        `the volume ${name} was there before the recovery that ${receipt.id} tells of: it is not removed`,
        [`docker volume inspect ${name}`, `docker compose --project-name ${project} ps`],
      )
    volumes.push(name)
  }
  const containers = (await world.engine.containers(project)).map(({ name }) => name)
  return {
    command: 'undo',
    target: project,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [
      ['Removes', [...containers, ...volumes].join(', ') || 'nothing: it is gone already'],
      ['Stays', [`every file in ${folder}`, ...(system.folders ?? [])].join(', ')],
    ],
    loses: [
      ...volumes.map((name) => `volume ${name}, with everything in it`),
      ...Object.keys(restored).map(
        (name) => `the data of ${name} that was brought back, with everything written to it since`,
      ),
    ],
    locks: [project, ...Object.keys(restored)],
    steps: [
      {
        title: `Remove the containers, networks and volumes of ${project}`,
        effect: 'destroys',
        run: ({ signal, detail }) => world.compose.down(stack, { volumes: true }, detail, signal),
      },
      markUndone(receipt, world),
    ],
    result: (own) => ({
      undone: receipt.id,
      target: project,
      dropped: volumes,
      restored: null,
      returned: [],
      receipt: own?.id ?? null,
    }),
  }
}
