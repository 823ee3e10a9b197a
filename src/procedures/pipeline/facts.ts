import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { planBackupPart, type BackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/storeStream.js'
import { isWell, stateText } from '../stack/health.js'
import { lookAtProject, type LiveProject } from '../stack/project.js'

/** What running the pipeline needs to know. */
export interface PipelineRequest {
  readonly targets: readonly Target[]
  readonly compression: Compression
  readonly safetyBackup: boolean
  /** LOG_LEVEL=DEBUG, and every line shown. */
  readonly debug: boolean
}

/** What was found before deciding. */
export interface PipelineFacts {
  readonly live: LiveProject
  readonly job: string
  /** Target the job writes to, where the configuration says so. */
  readonly target?: Target
  /** What it holds now. */
  readonly held: readonly LiveNamespace[]
  readonly safety?: BackupPart
}

/** Name of the stack's job. Throws `JOB_MISSING` (usage), `SERVICE_UNKNOWN` (not-found). */
export function jobOf({ stack, project }: LiveProject): string {
  const { job } = stack
  if (job === undefined)
    throw new Failure(
      'usage',
      'JOB_MISSING',
      'ops.yaml does not say which service is the job (stack.job)',
      ['ops config show'],
    )
  if (project.services[job]) return job
  throw new Failure(
    'not-found',
    'SERVICE_UNKNOWN',
    `the job "${job}" is not a service of project ${project.name}`,
    ['ops config show', 'ops stack ps'],
  )
}

/**
 * Looks around before the pipeline runs. Throws `PIPELINE_RUNNING` (locked), `DEPENDENCY_DOWN` (environment), and what
 * the project, the server and planning a safety backup throw.
 */
export async function pipelineFacts(
  request: PipelineRequest,
  world: World,
): Promise<PipelineFacts> {
  const live = await lookAtProject(world)
  const job = jobOf(live)
  requireIdle(job, live.containers)
  requireDependencies(job, live)
  const target = targetOf(job, request.targets)
  if (!target) return { live, job, held: [] }

  const session = await world.mongo.connect(target)
  try {
    const databases = target.databases.length > 0 ? target.databases : await session.databases()
    const held = (await session.namespaces(databases, 'roughly')).filter(
      ({ documents }) => documents > 0,
    )
    if (held.length === 0 || !request.safetyBackup) return { live, job, target, held }
    const part = { target, compression: request.compression, safety: true }
    return { live, job, target, held, safety: await planBackupPart(part, world, session) }
  } finally {
    await session.close()
  }
}

/** The target whose writers name the job, or the only one there is. */
function targetOf(job: string, targets: readonly Target[]): Target | undefined {
  const named = targets.find(({ writers }) => writers.some(({ service }) => service === job))
  return named ?? (targets.length === 1 ? targets[0] : undefined)
}

function requireIdle(job: string, containers: readonly ContainerFacts[]): void {
  const busy = containers.find(
    ({ service, state }) => service === job && (state === 'running' || state === 'restarting'),
  )
  if (!busy) return
  throw new Failure(
    'locked',
    'PIPELINE_RUNNING',
    `${busy.name} is running already${busy.startedAt === undefined ? '' : `, since ${busy.startedAt}`}`,
    ['ops pipeline status'],
  )
}

function requireDependencies(job: string, { project, containers }: LiveProject): void {
  for (const name of Object.keys(project.services[job]?.dependsOn ?? {})) {
    const container = containers.find(({ service }) => service === name)
    if (container && isWell(container)) continue
    throw new Failure(
      'environment',
      'DEPENDENCY_DOWN',
      `${job} needs ${name}, which is ${container ? stateText(container) : 'not started'}`,
      [`ops stack up ${name}`, `ops stack logs ${name}`],
    )
  }
}
