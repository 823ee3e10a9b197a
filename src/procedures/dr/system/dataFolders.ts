import type { Target } from '../../../domain/target.js'
import type { ComposeProject, ComposeService } from '../../../ports/compose.js'
import type { RecoveryFolder } from '../../../ports/recoveryFolder.js'
import type { Earlier } from './leftovers.js'
import { serviceOf } from '../../stack/serviceOf.js'

/** Where images of MongoDB keep their data unless they are told otherwise (docker-library/mongo, bitnami/mongodb, the packages). */
const usual = [
  '/data/db',
  '/data/configdb',
  '/bitnami/mongodb',
  '/var/lib/mongodb',
  '/var/lib/mongo',
]

/** Folders of this machine (absolute) that the servers of targets keep data in: mounted as they are, or behind a volume's name. */
export function dataFolders(
  project: ComposeProject,
  targets: readonly Target[],
): readonly string[] {
  const devices = new Map(project.volumes.map(({ key, device }) => [key, device]))
  const found = targets.flatMap((target) => {
    const service = project.services[serviceOf(target, project) ?? '']
    if (!service) return []
    const paths = [...usual, ...dataPath(service)]
    return (service.mounts ?? []).flatMap(({ type, source, destination, readOnly }) => {
      if (source === undefined || readOnly === true) return []
      if (!paths.some((path) => within(path, destination) || within(destination, path))) return []
      const folder = type === 'bind' ? source : type === 'volume' ? devices.get(source) : undefined
      return folder?.startsWith('/') === true ? [folder] : []
    })
  })
  return [...new Set(found)]
}

/** Those of them that hold anything, and that no earlier run began with empty. Throws `FOLDER_UNWRITABLE` (environment). */
export async function filledFolders(
  folders: readonly string[],
  earlier: Earlier | undefined,
  { names }: Pick<RecoveryFolder, 'names'>,
): Promise<readonly string[]> {
  const filled: string[] = []
  for (const path of folders) {
    if (earlier?.folders?.includes(path) === true) continue
    // Every new disk has that one.
    const found = (await names(path)).filter((name) => name !== 'lost+found')
    if (found.length > 0) filled.push(path)
  }
  return filled
}

function dataPath({ command = [], entrypoint = [] }: ComposeService): readonly string[] {
  const path = /--dbpath[ =](\S+)/.exec([...entrypoint, ...command].join(' '))?.[1]
  return path === undefined ? [] : [path]
}

function within(path: string, folder: string): boolean {
  const above = folder.replace(/\/+$/, '')
  return path === above || path.startsWith(`${above}/`)
}
