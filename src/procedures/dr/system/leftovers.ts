import { Failure } from '../../../domain/failure.js'
import type { Receipt, RebuiltSystem } from '../../../domain/receipt.js'
import type { ComposeProject } from '../../../ports/compose.js'
import type { World } from '../../../ports/world.js'

/** What an earlier run of the same recovery left, for this one to go on from. */
export interface Earlier extends RebuiltSystem {
  readonly receipts: readonly Receipt[]
}

/** Milliseconds after which nobody goes on with what was left: whoever uses the names by then means something else. */
const longestPause = 7 * 24 * 3_600_000

/** What earlier runs into this folder made that did not come to their end; nothing where there are none. */
export async function earlierRun(
  folder: string,
  project: string,
  world: Pick<World, 'receipts' | 'clock'>,
): Promise<Earlier | undefined> {
  const receipts: Receipt[] = []
  for (const receipt of await world.receipts.list()) {
    const { system, state } = receipt
    if (system?.folder !== folder || system.project !== project) continue
    // What came to its end is a system in use, and what was taken back is gone.
    if (state === 'done' || state === 'undone') break
    if (world.clock.now().getTime() - Date.parse(receipt.startedAt) > longestPause) break
    if (state === 'started' && !(await world.receipts.abandoned(receipt))) continue
    receipts.push(receipt)
  }
  if (receipts.length === 0) return undefined
  // The newest comes first: what it knows replaces what the others knew.
  const parts = receipts.toReversed().map(({ system }) => system)
  return {
    folder,
    project,
    receipts,
    volumes: [...new Set(parts.flatMap((part) => part?.volumes ?? []))],
    ...(parts.every((part) => part?.services)
      ? { services: [...new Set(parts.flatMap((part) => part?.services ?? []))] }
      : {}),
    folders: [...new Set(parts.flatMap((part) => part?.folders ?? []))],
    targets: [...new Set(parts.flatMap((part) => part?.targets ?? []))],
    restored: Object.fromEntries(parts.flatMap((part) => Object.entries(part?.restored ?? {}))),
    // Each run carries on what it knows of earlier ones.
    reached: { ...parts.at(-1)?.reached },
  }
}

/** Volumes of the project that are there and are none of an earlier run's, and containers likewise. */
export async function strangers(
  project: ComposeProject,
  earlier: Earlier | undefined,
  world: Pick<World, 'engine' | 'supplies'>,
): Promise<{ readonly containers: readonly string[]; readonly volumes: readonly string[] }> {
  const containers = new Set<string>()
  if (!earlier)
    for (const { name } of await world.engine.containers(project.name)) containers.add(name)
  for (const { containerName } of Object.values(project.services)) {
    const found =
      containerName === undefined ? undefined : await world.engine.container(containerName)
    if (found && found.project !== project.name) containers.add(found.name)
  }
  const volumes: string[] = []
  for (const { name } of project.volumes) {
    const madeAt = await world.supplies.volumeMadeAt(name)
    if (madeAt !== undefined && !isOurs(name, madeAt, earlier)) volumes.push(name)
  }
  return { containers: [...containers], volumes }
}

/**
 * One that was there before the first of these runs began is none of theirs. The engine tells the time of the last change to the
 * folder, which is never before it was made, in whole seconds.
 */
export function isOurs(name: string, madeAt: string, earlier: Earlier | undefined): boolean {
  if (!earlier?.volumes.includes(name)) return false
  const begun = Math.min(...earlier.receipts.map(({ startedAt }) => Date.parse(startedAt)))
  return Date.parse(madeAt) >= begun - 1_000
}

/** Throws `SYSTEM_EXISTS` (refused): what is there may be all that is left of somebody's data. */
export function requireBare(
  { containers, volumes }: Awaited<ReturnType<typeof strangers>>,
  /** Folders that hold something, and that servers would keep their data in. */
  folders: readonly string[],
  project: string,
): void {
  if (containers.length + volumes.length + folders.length === 0) return
  const parts = [
    ...(containers.length > 0 ? [`containers ${containers.join(', ')}`] : []),
    ...(volumes.length > 0 ? [`volumes ${volumes.join(', ')}`] : []),
    ...(folders.length > 0 ? [`folders with something in them ${folders.join(', ')}`] : []),
  ]
  throw new Failure(
    'refused',
    'SYSTEM_EXISTS',
    `this is no bare host for ${project}: there are already ${parts.join(' and ')}; nothing of that is ever overwritten`,
    [
      'ops dr container   (the stack is here, and something of it is down)',
      'ops restore --from PLACE   (its server is well, and its data is not)',
      ...containers.map((name) => `docker rm --force ${name}   (only if nobody needs it)`),
      ...volumes.map((name) => `docker volume rm ${name}   (only if nobody needs what is in it)`),
      ...folders.map((path) => `mv ${path} ${path}.before   (what is in it is kept there)`),
    ],
    { facts: { containers, volumes, folders } },
  )
}
