import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { limitsFileName } from '../../domain/limitsFile.js'
import type { ChangedSetting } from '../../domain/receipt.js'
import type { Stack, Target } from '../../domain/target.js'
import type { ComposeService } from '../../ports/compose.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { World } from '../../ports/world.js'
import { heldBack } from '../dr/heldBack.js'
import { requireWholeMember } from '../replicaSet/scene.js'
import { lookAtProject, targetsOf } from '../stack/project.js'
import { requireSameConfig } from '../stack/sameConfig.js'
import { requireSameContainer } from '../stack/sameContainer.js'
import { dataFolder } from './dataFolder.js'

/** A service whose container is to be made anew with another setting. */
export interface ServiceScene {
  readonly service: string
  readonly project: string
  readonly declared: ComposeService
  readonly found: ContainerFacts
  /** The target whose server it is. */
  readonly target?: Target
  /** Names to lock: of the project, and of targets that it serves or writes to. */
  readonly locks: readonly string[]
  /** Name to type. */
  readonly name: string
  readonly stack: Stack
  /** What compose would make it from, as it is. */
  readonly configHash: string
  /** Absolute path of the compose file of ops for limits. */
  readonly limitsFile: string
  /** The stack without that file, and with it. */
  readonly without: Stack
  readonly with: Stack
}

/**
 * Looks at a service and its container; `before` is what that was made from before its setting was changed. Throws `SERVICE_UNKNOWN`,
 * `CONTAINER_NOT_FOUND` (not-found), `SERVICE_HELD_BACK` (refused) where it must not be started now, `HALF_A_MEMBER`, `NO_NAMED_VOLUME`,
 * `DATA_ELSEWHERE`, `IMAGE_DIFFERS`, `CONFIG_DIFFERS` (refused) where it would not come up as it is, `STACK_MISSING` (usage), and what
 * compose and the engine throw.
 */
export async function serviceScene(
  service: string,
  targets: readonly Target[],
  world: World,
  before?: string,
): Promise<ServiceScene> {
  const live = await lookAtProject(world)
  const { stack, project } = live
  const declared = project.services[service]
  if (!declared) throw unknown(service, project.name)
  const found = live.containers.find((one) => one.service === service && one.oneOff !== true)
  if (!found) throw noContainer(service)
  const serves = targetsOf([service], targets, live)
  const writesTo = targets.filter(({ writers }) => writers.some((one) => one.service === service))
  const why = await heldBack(serves, writesTo, world)
  if (why !== undefined) throw held(service, why)
  const [target] = serves
  if (target) await requireWholeMember(target, stack, world)
  const data = target
    ? { data: { target: target.name, folder: await dataFolder(target, found, world) } }
    : {}
  await requireSameContainer({ service, name: found.name, found, ...data }, project, world)
  const configHash = await requireSameConfig({ service, found, before }, stack, world)
  const limitsFile = join(stack.directory, limitsFileName)
  const without = {
    ...stack,
    composeFiles: stack.composeFiles.filter((path) => path !== limitsFile),
  }
  return {
    service,
    project: project.name,
    declared,
    found,
    ...(target ? { target } : {}),
    locks: [project.name, ...new Set([...serves, ...writesTo].map(({ name }) => name))],
    name: target?.name ?? project.name,
    stack,
    configHash,
    limitsFile,
    without,
    with: { ...without, composeFiles: [...without.composeFiles, limitsFile] },
  }
}

/** What the container that is there was made from, for the record. */
export function madeFrom({
  found: { configHash },
}: Pick<ServiceScene, 'found'>): Pick<ChangedSetting, 'configHash'> {
  return configHash === undefined ? {} : { configHash }
}

function unknown(service: string, project: string): Failure {
  return new Failure(
    'not-found',
    'SERVICE_UNKNOWN',
    `there is no service "${service}" in project ${project} any more`,
    ['ops stack ps'],
  )
}

function noContainer(service: string): Failure {
  return new Failure(
    'not-found',
    'CONTAINER_NOT_FOUND',
    `${service} has no container: nothing tells what it would come up with`,
    [`ops stack up ${service}`],
  )
}

function held(service: string, why: string): Failure {
  return new Failure(
    'refused',
    'SERVICE_HELD_BACK',
    `${service} was left as it is, because it must not be started now: ${why}`,
    ['ops doctor'],
  )
}
