import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { latestBackup } from '../backup/catalog.js'
import { Failure } from '../../domain/failure.js'
import type { Procedure } from '../plan.js'
import { lookAtProject } from './project.js'

/** What taking the stack down needs to know. */
export interface DownRequest {
  /** Also remove the volumes, with everything in them. */
  readonly volumes: boolean
  readonly targets: readonly Target[]
}

/** What `stack down` answers. */
export interface DownResult {
  readonly project: string
  readonly removed: { readonly containers: readonly string[]; readonly volumes: readonly string[] }
  readonly receipt: string | null
}

/** Stops and removes the containers; with the volumes it destroys the data, and says what of it is in a backup. */
export const stackDown: Procedure<DownRequest, DownResult, World> = {
  id: 'stack down',
  summary: 'stop and remove the containers of the stack',

  async plan({ volumes, targets }, world) {
    const { stack, project, containers } = await lookAtProject(world)
    const names = containers.map(({ name }) => name)
    const doomed = volumes
      ? project.volumes.filter(({ external }) => !external).map(({ name }) => name)
      : []
    const saved = volumes ? await Promise.all(targets.map((target) => newest(target, world))) : []
    return {
      command: 'stack down',
      target: project.name,
      title: `take down ${project.name}${volumes ? ' and remove its volumes' : ''}`,
      facts: [
        ['Project', project.name],
        ['Containers', names.join(', ') || 'none'],
        ...doomed.map((name) => ['Volume', name] as const),
        ...saved.map(({ text }) => ['Backup', text] as const),
      ],
      loses: doomed.length > 0 ? [`the data in ${doomed.join(', ')}`, ...saved.map(({ lost }) => lost)] : [],
      holds: volumes ? 'lock and receipt' : 'lock',
      locks: targets.map(({ name }) => name),
      steps: [
        {
          title: volumes ? 'Remove containers and volumes' : 'Stop and remove the containers',
          effect: volumes && doomed.length > 0 ? 'destroys' : 'changes',
          run: ({ detail, signal }) => world.compose.down(stack, { volumes }, detail, signal),
        },
      ],
      result: (receipt) => ({
        project: project.name,
        removed: { containers: names, volumes: doomed },
        receipt: receipt?.id ?? null,
      }),
    }
  },
}

/** The newest good backup of a target, and what is not in it. */
async function newest(
  target: Target,
  world: World,
): Promise<{ readonly text: string; readonly lost: string }> {
  try {
    const { manifest } = await latestBackup(target, world.shelf(target))
    const since = manifest.consistentAt ?? manifest.takenAt
    return {
      text: `${target.name}: ${manifest.id}, taken ${manifest.takenAt} (${manifest.trust})`,
      lost: `every write to ${target.name} since ${since}`,
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return {
      text: `${target.name}: NO good backup (${error.message})`,
      lost: `everything in ${target.name}: there is NO good backup to bring it back`,
    }
  }
}
