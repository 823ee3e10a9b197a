import type { Fix } from '../../checks/troubleshoot/fix.js'
import { limitText } from '../../checks/troubleshoot/moreMemory.js'
import { Failure } from '../../domain/failure.js'
import type { ServiceLimits } from '../../domain/limitsFile.js'
import type { Target } from '../../domain/target.js'
import type { DeclaredMemory } from '../../ports/compose.js'
import type { Plan } from '../plan.js'
import { isWell } from '../stack/health.js'
import { remakePlan } from './remake.js'
import type { TroubleshootWorld } from './request.js'
import { madeFrom, serviceScene } from './serviceScene.js'
import { byHandLine } from './byHandLine.js'
import { limitsSaid } from './limitsSaid.js'

type MemoryFix = Extract<Fix, { readonly kind: 'memory' }>

/** Whose service it is, and how long its container may take. */
interface Request {
  readonly targets: readonly Target[]
  readonly timeoutSeconds: number
}

/** Part of the machine that a limit may never be above. */
const share = 0.75

/**
 * Raises the memory limit of a service in the compose file of ops, and makes its container anew. Throws `LIMIT_CHANGED` (refused) where
 * its limit is not what it was, the machine has not that much, or somebody has taken over the file; `LIMIT_NOT_HELD` (failed) where the
 * engine does not hold it afterwards, and what `serviceScene` throws.
 */
export async function moreMemory(
  { service, fromBytes, toBytes }: MemoryFix,
  { targets, timeoutSeconds }: Request,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const scene = await serviceScene(service, targets, world)
  const { declared, found, limitsFile: file } = scene
  const { memory } = declared
  if (memory?.bytes !== fromBytes || found.memoryLimit !== fromBytes)
    throw notRaised(service, 'its limit is not what it was when it was looked at')
  if (toBytes > share * (await world.engineHost.memoryBytes()))
    throw notRaised(service, 'the machine has not that much to give')
  const before = await limitsSaid(scene, world)
  if (before === undefined)
    throw notRaised(service, `${file} is not as ops writes it: somebody has taken it over`)
  const text = limitText(toBytes)
  return remakePlan(
    {
      title: `give ${service} ${text} of memory instead of ${limitText(fromBytes)}`,
      facts: [
        ['Limit', `${text} instead of ${limitText(fromBytes)}`],
        ['File', `${file}; none of yours is changed`],
        ['By hand', byHandLine(scene)],
      ],
      setting: {
        project: scene.project,
        service,
        targets: scene.locks.slice(1),
        file,
        limits: { before, after: { ...before, ...limitsOf(memory, toBytes) } },
        ...madeFrom(scene),
        ranBefore: isWell(found),
      },
      prove: ({ name, memoryLimit }) =>
        memoryLimit === toBytes ? Promise.resolve() : Promise.reject(notHeld(name, memoryLimit)),
      result: { service, file, memoryBytes: { before: fromBytes, after: toBytes } },
      again: 'ops troubleshoot memory --fix',
      timeoutSeconds,
    },
    scene,
    world,
  )
}

/** Keys that say the same twice must not contradict each other, and a limit with swap must not be below one without. */
function limitsOf({ bytes, swapBytes, keys }: DeclaredMemory, toBytes: number): ServiceLimits {
  const text = limitText(toBytes)
  const swap = swapBytes === undefined ? undefined : toBytes + Math.max(0, swapBytes - bytes)
  return {
    ...(keys.includes('mem_limit') ? { mem_limit: text } : {}),
    ...(swap === undefined ? {} : { memswap_limit: limitText(swap) }),
    ...(keys.includes('deploy') ? { deploy: { resources: { limits: { memory: text } } } } : {}),
  }
}

function notRaised(service: string, why: string): Failure {
  return new Failure(
    'refused',
    'LIMIT_CHANGED',
    `the memory limit of ${service} was left as it is: ${why}`,
    ['ops troubleshoot memory'],
  )
}

function notHeld(name: string, bytes: number): Failure {
  return new Failure(
    'failed',
    'LIMIT_NOT_HELD',
    `${name} was made anew, and its limit is ${bytes === 0 ? 'none' : limitText(bytes)}: another compose file decides that`,
    ['docker compose config', `docker inspect --format '{{.HostConfig.Memory}}' ${name}`],
  )
}
