import type { Fix } from '../../checks/troubleshoot/fix.js'
import { size } from '../../checks/doctor/words.js'
import { unboundedLog } from '../../checks/troubleshoot/unboundedLog.js'
import { Failure } from '../../domain/failure.js'
import type { ServiceLimits } from '../../domain/limitsFile.js'
import { quoted } from '../../domain/quoted.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Plan } from '../plan.js'
import { isWell } from '../stack/health.js'
import { byHandLine } from './byHandLine.js'
import { limitsSaid } from './limitsSaid.js'
import { remakePlan } from './remake.js'
import type { TroubleshootWorld } from './request.js'
import { madeFrom, serviceScene } from './serviceScene.js'

type LogsFix = Extract<Fix, { readonly kind: 'logs' }>

/** Whose service it is, and how long its container may take. */
interface Request {
  readonly targets: readonly Target[]
  readonly timeoutSeconds: number
}

/** Five files of 10 MB: days of an ordinary log, and no disk is full of it. */
const options = { 'max-size': '10m', 'max-file': '5' } as const

const logging: NonNullable<ServiceLimits['logging']> = { driver: 'json-file', options }

/**
 * Bounds the log of a service in the compose file of ops, and makes its container anew, which removes the log that it has. Throws
 * `LOG_CHANGED` (refused) where its log is bounded by now, or somebody has taken over the file; `LOG_NOT_BOUNDED` (failed) where the
 * engine does not hold it to that afterwards, and what `serviceScene` throws.
 */
export async function boundedLog(
  { service, bytes: seenBytes }: LogsFix,
  { targets, timeoutSeconds }: Request,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const scene = await serviceScene(service, targets, world)
  const { found, limitsFile: file } = scene
  const path = unboundedLog(found)
  if (path === undefined) throw notBounded(service, 'something bounds it by now')
  const before = await limitsSaid(scene, world)
  if (before === undefined)
    throw notBounded(service, `${file} is not as ops writes it: somebody has taken it over`)
  const bytes = (await world.premises.fileBytes(path)) ?? seenBytes
  return remakePlan(
    {
      title: `bound the log of ${service}`,
      facts: [
        ['Log', `at most ${options['max-file']} files of 10 MB; it takes ${size(bytes)} by now`],
        [
          'Keep it',
          `docker logs --timestamps ${quoted(found.name)} 2>&1 | gzip > ${quoted(`${found.name}.log.gz`)}   (before, where somebody may need it)`,
        ],
        ['File', `${file}; none of yours is changed`],
        ['By hand', byHandLine(scene)],
      ],
      loses: [`the log of ${found.name}, ${size(bytes)}: it is removed with the old container`],
      setting: {
        project: scene.project,
        service,
        targets: scene.locks.slice(1),
        file,
        limits: { before, after: { ...before, logging } },
        ...madeFrom(scene),
        ranBefore: isWell(found),
      },
      async prove(made, { detail, warn }) {
        requireBounded(made)
        const left = await world.premises.fileBytes(path)
        if (left !== undefined)
          warn(`${path} is still there: the engine did not remove it with the container`)
        detail(`${made.name} logs into ${options['max-file']} files of at most 10 MB`)
      },
      result: { service, file, logBytes: bytes, logging },
      again: 'ops troubleshoot disk --fix',
      timeoutSeconds,
    },
    scene,
    world,
  )
}

function requireBounded({ name, log }: ContainerFacts): void {
  const isBounded =
    log?.driver === logging.driver &&
    Object.entries(options).every(([key, value]) => log.options[key] === value)
  if (isBounded) return
  throw new Failure(
    'failed',
    'LOG_NOT_BOUNDED',
    `${name} was made anew, and its log is not bounded so: another compose file decides that`,
    ['docker compose config', `docker inspect --format '{{json .HostConfig.LogConfig}}' ${name}`],
  )
}

function notBounded(service: string, why: string): Failure {
  return new Failure('refused', 'LOG_CHANGED', `the log of ${service} was left as it is: ${why}`, [
    'ops troubleshoot disk',
  ])
}
