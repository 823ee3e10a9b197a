import { join, resolve } from 'node:path'
import type { Config } from '../config/config.js'
import { parseConfig } from '../config/parse.js'
import type { Surroundings } from '../config/surroundings.js'
import { Failure } from '../domain/failure.js'
import { limitsFileName } from '../domain/limitsFile.js'
import { memberFileName } from '../domain/replicaSet/memberFile.js'
import type { Stack } from '../domain/target.js'
import type { SmallFile } from '../ports/recoveryFolder.js'
import type { FoundSystem } from '../procedures/dr/system/findSystem.js'
import { configurationName } from '../procedures/dr/system/kitAt.js'
import type { RecoveryValues } from './recoveryValues.js'

/** Name of `ops.yaml` from the folder of the stack. */
export function nameOfConfiguration({ kit: { kit } }: FoundSystem): string {
  return kit.configuration ?? configurationName
}

/** `ops.yaml` among the files of a kit. Throws `KIT_INCOMPLETE` (not-found) where it was left out. */
export function requireConfiguration(files: readonly SmallFile[], found: FoundSystem): SmallFile {
  const file = files.find(({ name }) => name === nameOfConfiguration(found))
  if (file) return file
  const { manifest, kit } = found.kit
  const why = kit.leftOut.find((line) => line.startsWith(configurationName))
  throw new Failure(
    'not-found',
    'KIT_INCOMPLETE',
    `the kit of ${manifest.id} holds no ops.yaml${why === undefined ? '' : ` (${why})`}`,
    ['ops dr system --backup ID   (another one)', 'RESTORE.md beside the backups'],
  )
}

/** Where the configuration will be read. */
interface Site {
  readonly identity: readonly string[]
  /** Absolute. */
  readonly folder: string
  /** Absolute; paths in it are taken for paths in `folder`. Absent where nothing has moved. */
  readonly before?: string
}

function inFolder(stack: Stack, before: string, folder: string): Stack {
  const composeFiles = stack.composeFiles.map((path) =>
    // The new folder may lie in the old one.
    path.startsWith(`${before}/`) && !path.startsWith(`${folder}/`)
      ? join(folder, path.slice(before.length + 1))
      : path,
  )
  return { ...stack, composeFiles, ...(stack.directory === before ? { directory: folder } : {}) }
}

/** A kit holds the compose files that ops wrote itself; no configuration names them. */
function withOwnFiles(stack: Stack, { kit: { kit } }: FoundSystem, folder: string): Stack {
  const own = [memberFileName, limitsFileName]
    .filter((name) => kit.composeFiles.includes(name))
    .map((name) => join(folder, name))
    .filter((file) => !stack.composeFiles.includes(file))
  return { ...stack, composeFiles: [...stack.composeFiles, ...own] }
}

/**
 * The configuration of the kit, as it will be read in the folder. Throws `SYSTEM_PLACE_DIFFERS` (refused) where its compose files
 * would not lie where it looks for them.
 */
export function configurationOf(
  { name, text }: SmallFile,
  { all }: Pick<RecoveryValues, 'all'>,
  found: FoundSystem,
  { identity, folder, before = folder }: Site,
  around: Surroundings,
): Config {
  const { config: asWritten } = parseConfig(text, join(folder, name), {
    ...around,
    env: { ...around.env, ...all },
  })
  const { stack: where } = asWritten
  const stack = where && withOwnFiles(inFolder(where, before, folder), found, folder)
  const config = { ...asWritten, ...(stack ? { stack } : {}) }
  const lie = found.kit.kit.composeFiles.map((file) => join(folder, file))
  if (!stack || stack.composeFiles.some((path) => !lie.includes(path)))
    throw new Failure(
      'refused',
      stack ? 'SYSTEM_PLACE_DIFFERS' : 'SYSTEM_NOT_COMPOSED',
      stack
        ? `${name} of the kit looks for ${stack.composeFiles.join(', ')}, and not below ${folder}`
        : 'ops.yaml of the kit names no compose project: there is nothing to rebuild by compose',
      stack
        ? [`ops dr system … --into ${stack.directory}`]
        : ['RESTORE.md beside the backups says how to go on by hand'],
    )
  if (identity.length === 0) return config
  const identities = identity.map(
    (path) => ({ from: 'file', path: resolve(around.cwd, path) }) as const,
  )
  const encryption = { ...config.backup.encryption, identities }
  return { ...config, backup: { ...config.backup, encryption } }
}
