import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { Receipt } from '../../domain/receipt.js'
import { endsInMongod, memberFileName } from '../../domain/replicaSet/memberFile.js'
import type { Stack, Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { optionOf } from '../dataFiles/place.js'
import type { PlannedRemake } from '../stack/asPlanned.js'
import { lookAtProject } from '../stack/project.js'
import { requireSameConfig } from '../stack/sameConfig.js'
import { requireSameContainer } from '../stack/sameContainer.js'
import { serviceOf } from '../stack/serviceOf.js'

/** A server that is a service of the compose project, and the files by which it is made. */
export interface MemberScene {
  readonly service: string
  /** As it is, or as the files describe it where there is none. */
  readonly container: Pick<ContainerFacts, 'name' | 'command' | 'ports'>
  /** The container that is there, running or not. */
  readonly found: ContainerFacts | undefined
  /** Name and port by which the other services reach it. */
  readonly member: string
  /** Absolute path of the file that makes it a member. */
  readonly file: string
  /** The stack without that file, and with it. */
  readonly without: Stack
  readonly with: Stack
  /** Whether the container that is there was told to be a member of a set. */
  readonly isMember: boolean
}

/**
 * Finds service and container of a target. Throws `NOT_A_SERVICE` (refused) where its server is none of the compose project's, or is
 * reached by no network of it; `STACK_MISSING` (usage), and what compose and the engine throw.
 */
export async function memberScene(target: Target, world: World): Promise<MemberScene> {
  const { stack, project, containers } = await lookAtProject(world)
  const found = await containerOf(target, world)
  const service = serviceOf(target, project, found ? [found] : containers) ?? ''
  const described = project.services[service]
  if (!described || (found && found.project !== project.name))
    throw byHand(target, `its server is no service of the compose project ${project.name}`)
  if (found?.state === 'running' && Object.keys(found.addresses).length === 0)
    throw byHand(target, `${found.name} is on no network of its own`)
  const { containerName: name = service, command = [] } = described
  const container = found ?? { name, command, ports: {} }
  const file = join(stack.directory, memberFileName)
  const without = { ...stack, composeFiles: stack.composeFiles.filter((one) => one !== file) }
  return {
    service,
    container,
    found,
    member: `${service}:${optionOf(container.command, 'port') ?? '27017'}`,
    file,
    without,
    with: { ...without, composeFiles: [...without.composeFiles, file] },
    isMember: optionOf(container.command, 'replSet') !== undefined,
  }
}

/** The container of a target; nothing while there is none, as after `down`, or while compose makes it anew. Throws what the engine throws. */
export async function containerOf(
  target: Target,
  { containers }: Pick<World, 'containers'>,
): Promise<ContainerFacts | undefined> {
  try {
    return await containers.find(target)
  } catch (error) {
    if (error instanceof Failure && error.code === 'CONTAINER_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * Throws `NOT_A_SERVICE` (refused) where no option can be put behind the command of the container, and where it would not come up as it
 * is when it is made anew: `NO_NAMED_VOLUME`, `DATA_ELSEWHERE`, `IMAGE_DIFFERS`, `CONFIG_DIFFERS` (refused). What it would be made from,
 * without the file of ops, to be looked at once more before anything is touched; nothing where there is no container.
 */
export async function requireRemakable(
  target: Target,
  { service, container, found, without }: MemberScene,
  dbPath: string,
  world: World,
): Promise<PlannedRemake | undefined> {
  if (!endsInMongod(container.command))
    throw byHand(target, `what ${container.name} runs is not known to start mongod`)
  const { project } = await lookAtProject(world)
  const data = { target: target.name, folder: dbPath }
  await requireSameContainer({ service, name: container.name, found, data }, project, world)
  if (!found) return undefined
  const configHash = await requireSameConfig({ service, found }, without, world)
  return { service, project: project.name, found, stack: without, configHash }
}

/** Runs of the same that did not come to their end, newest first: killed, or failed and not taken back. */
export async function cutOffEnabling(
  target: Target,
  { receipts }: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  const found: Receipt[] = []
  for (const receipt of await receipts.list()) {
    if (receipt.target !== target.name || !receipt.replicaSet) continue
    // What was carried through or taken back since is no longer half done.
    if (receipt.state === 'done' || receipt.state === 'undone') break
    if (receipt.state === 'failed' || (await receipts.abandoned(receipt))) found.push(receipt)
  }
  return found
}

/**
 * Throws `HALF_A_MEMBER` (refused) where a run of the same was cut off and its file counts already: compose would make the server anew as
 * a member of a set that nobody initiates.
 */
export async function requireWholeMember(
  target: Target,
  { directory }: Stack,
  world: Pick<World, 'receipts' | 'ownCompose'>,
): Promise<void> {
  const [cutOff] = await cutOffEnabling(target, world)
  const file = join(directory, memberFileName)
  if (!cutOff || (await world.ownCompose.text(file)) === undefined) return
  throw new Failure(
    'refused',
    'HALF_A_MEMBER',
    `"${cutOff.title}" of ${cutOff.startedAt} did not come to its end, and ${file} is there: started by it, the server would be a member of a set that nobody has initiated, and serve nobody`,
    [
      `ops pitr enable --target ${target.name}   (goes on)`,
      `ops undo ${cutOff.id}   (makes it a standalone again)`,
    ],
  )
}

function byHand({ name }: Target, why: string): Failure {
  return new Failure(
    'refused',
    'NOT_A_SERVICE',
    `"${name}" cannot be made a replica set by compose: ${why}`,
    ['ops doctor   (says how it is done by hand)'],
  )
}
