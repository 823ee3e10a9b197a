import type { ComposeProject } from '../../../ports/compose.js'
import type { World } from '../../../ports/world.js'
import { withNeeds } from '../../stack/order.js'
import { jobsOf } from '../../stack/project.js'
import { serviceOf } from '../../stack/serviceOf.js'
import { filePlan, missingMounts, requireSecretFiles, type FilePlan } from './filePlan.js'
import { dataFolders, filledFolders } from './dataFolders.js'
import { earlierRun, requireBare, strangers, type Earlier } from './leftovers.js'
import type { OpenArchive } from './openArchives.js'
import { openTarget } from './openTarget.js'
import type { Missing, SystemRequest } from './request.js'
import { otherServices, otherVolumes } from './services.js'
import { externalThings, imageSupplies, type ImageSupply } from './supplyPlan.js'
import { Failure } from '../../../domain/failure.js'

/** Everything that was found out before deciding. */
export interface SystemFacts {
  readonly project: ComposeProject
  /** Folders of this machine that servers keep data in. */
  readonly folders: readonly string[]
  readonly earlier: Earlier | undefined
  readonly files: FilePlan
  readonly images: readonly ImageSupply[]
  readonly external: { readonly volumes: readonly string[]; readonly networks: readonly string[] }
  /** Targets whose data comes back; their archives were read to the end. */
  readonly archives: readonly OpenArchive[]
  /** Services of servers, with what they need first. */
  readonly servers: readonly string[]
  /** The others, in the order in which they are started. */
  readonly others: readonly string[]
  readonly missing: readonly Missing[]
  readonly notes: readonly string[]
}

/**
 * Looks at the place and at this host, and opens the archives. Throws `SYSTEM_EXISTS`, `FILES_DIFFER`, `SECRETS_MISSING`,
 * `SYSTEM_NOT_COMPOSED` (refused), what `openTarget` throws, and what compose and the engine throw.
 */
export async function lookAtHost(request: SystemRequest, world: World): Promise<SystemFacts> {
  const { folder, found, targets, stack } = request
  const { kit } = found.kit
  const looked = await request.planning.project(request.staged)
  const project = { ...looked, name: stack.project ?? looked.name }
  const files = await filePlan(request.files, request.keepFiles, folder)
  await requireSecretFiles(targets, project, folder)
  const earlier = await earlierRun(folder.path, project.name, world)
  const folders = dataFolders(project, targets)
  const filled = await filledFolders(folders, earlier, folder)
  requireBare(await strangers(project, earlier, world), filled, project.name)

  const jobs = jobsOf(stack, targets)
  const missing: Missing[] = [
    ...(await missingMounts(project, request.files, kit.leftOut, folder)),
    ...withoutData(request, project),
  ]
  const restorable = targets.filter(
    (target) => found.backups[target.name] && serviceOf(target, project) !== undefined,
  )
  if (restorable.length === 0) throw notComposed(request)
  const notes = [...found.notes]
  const archives: OpenArchive[] = []
  for (const target of restorable) {
    const opened = await openTarget(target, request, world, notes)
    archives.push(opened.archive)
    missing.push(...opened.missing)
  }
  const serving = archives.map(({ target }) => serviceOf(target, project) ?? '')
  const servers = withNeeds(serving, project.services, jobs)
  missing.push(...emptyVolumes(project, new Set(servers)))
  const kept = new Set((await request.place.images(request.signal)).keys())
  const others = otherServices(project, new Set(servers), jobs)
  return {
    project,
    folders,
    earlier,
    files,
    images: await imageSupplies(project, [...servers, ...others, ...jobs], kit.images, kept, world),
    external: await externalThings(project, world),
    archives,
    servers,
    others,
    missing,
    notes,
  }
}

/** What other services kept in volumes is in no backup, and that must not be found out later. */
function emptyVolumes(project: ComposeProject, servers: ReadonlySet<string>): readonly Missing[] {
  return otherVolumes(project, servers).map(({ name, services }) => ({
    what: 'volume',
    name,
    because: `${services.join(', ')} kept data in it, which no backup holds: it begins empty`,
    next: [
      `docker volume inspect ${name}   (bring its content back before ${services.join(', ')} is used)`,
    ],
  }))
}

/** Targets of the configuration that nothing can be restored into, or from. */
function withoutData(
  { targets, found, place }: SystemRequest,
  project: ComposeProject,
): readonly Missing[] {
  return targets.flatMap((target): readonly Missing[] => {
    const { name } = target
    if (!found.backups[name])
      return [
        {
          what: 'data',
          name,
          because: `there is no archive of it in ${place.where} that can be relied on`,
          next: [`ops dr system --from ANOTHER --target ${name}`],
        },
      ]
    if (serviceOf(target, project) !== undefined) return []
    return [
      {
        what: 'server',
        name,
        because: 'its server is no service of the compose project, so it is not made here',
        next: ['RESTORE.md beside its backups', `ops restore --target ${name} --from PLACE`],
      },
    ]
  })
}

function notComposed({ targets, place }: SystemRequest): Failure {
  return new Failure(
    'refused',
    'SYSTEM_NOT_COMPOSED',
    `no target (${targets.map(({ name }) => name).join(', ')}) has both a service in the compose files of the kit and an archive in ${place.where}: there is nothing to rebuild by compose`,
    ['RESTORE.md beside the backups says how to go on by hand'],
  )
}
