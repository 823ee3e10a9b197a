import { join } from 'node:path'
import { ageCipher } from '../adapters/age/cipher.js'
import { machineClock } from '../adapters/host/clock.js'
import { stageFolder, type StageFolder } from '../adapters/host/stageFolder.js'
import { folderShelf } from '../adapters/shelf/shelf.js'
import type { Config } from '../config/config.js'
import type { Surroundings } from '../config/surroundings.js'
import type { Compose, ComposeProject } from '../ports/compose.js'
import type { CopyPlace } from '../ports/copies.js'
import type { RecoveryFolder, SmallFile } from '../ports/recoveryFolder.js'
import type { World } from '../ports/world.js'
import { composeTexts } from '../procedures/dr/system/composeTexts.js'
import { secretsMissing } from '../procedures/dr/system/filePlan.js'
import type { FoundSystem } from '../procedures/dr/system/findSystem.js'
import { configurationName } from '../procedures/dr/system/kitAt.js'
import type { SystemRequest } from '../procedures/dr/system/request.js'
import { plainReferences, withVariables } from '../procedures/dr/system/variables.js'
import {
  configurationOf,
  nameOfConfiguration,
  requireConfiguration,
} from './recoveryConfiguration.js'
import { recoveryValues, type Asking, type RecoveryValues } from './recoveryValues.js'

/** What is to be rebuilt, and where. */
export interface Rebuilding {
  readonly place: CopyPlace
  readonly found: FoundSystem
  readonly folder: RecoveryFolder
  /** Folder that the configuration's own absolute paths are of, where that is not this one. */
  readonly before?: string
  readonly keepFiles: boolean
  /** Key files for encrypted backups, besides those of the configuration. */
  readonly identity: readonly string[]
  /** Who is asked for what neither the kit nor this host knows. */
  readonly ask: Asking
  /** Puts the world together that it is rebuilt in. */
  readonly open: (config: Config) => World
  /** The compose that it is planned with, given the environment. */
  readonly planning: (environment: Surroundings['env']) => Pick<Compose, 'project'>
}

/** What a kit says of a system, ready to be planned with. */
export interface ReadSystem {
  readonly config: Config
  readonly world: World
  readonly request: Pick<
    SystemRequest,
    'place' | 'found' | 'folder' | 'files' | 'keepFiles' | 'stack' | 'staged' | 'planning'
  > &
    Pick<SystemRequest, 'sources' | 'compression'>
  /** Removes what was put down for the time of planning. */
  discard(): Promise<void>
}

/**
 * Takes files, settings and configuration out of a kit, as they will be in the folder. Throws `KIT_INCOMPLETE` (not-found),
 * `SECRETS_MISSING`, `SYSTEM_PLACE_DIFFERS`, `SYSTEM_NOT_COMPOSED` (refused), and what reading the configuration throws.
 */
export async function systemFromPlace(
  rebuilding: Rebuilding,
  around: Surroundings,
): Promise<ReadSystem> {
  const { place, found, folder, keepFiles, identity } = rebuilding
  const files = await filesOf(found, keepFiles, folder)
  const written = requireConfiguration(files, found)
  const { texts, beside } = composeTexts(found.kit.kit, files, folder.path)
  await requireBeside(beside, found.kit.kit, folder)
  const values = await recoveryValues(
    {
      kit: found.kit.kit,
      composeTexts: texts,
      configurationText: written.text,
      envText: await folder.text('.env'),
      env: around.env,
    },
    rebuilding.ask,
  )
  const { before = folder.path } = rebuilding
  const site = { identity, folder: folder.path, before }
  const config = configurationOf(written, values, found, site, around)
  const world = rebuilding.open(config)
  const variables = await variablesFile(values, folder)
  const stage = await stageFolder(folder.path, files, ['.env', ...beside])
  return {
    config,
    world,
    request: {
      place,
      found,
      folder,
      files: [...files, ...variables],
      keepFiles,
      ...stacks(config, found, folder, stage),
      planning: asInFolder(
        rebuilding.planning({ ...around.env, ...values.planning }),
        stage.files,
        folder.path,
      ),
      sources: {
        clock: machineClock,
        cipher: ageCipher,
        keys: world.keys,
        shelf: ({ name }: { readonly name: string }) =>
          folderShelf(join(stage.path, 'shelf'), name),
      },
      compression: config.backup.compression,
    },
    discard: () => stage.discard(),
  }
}

/** The files of the kit under the names that they will have; with `keep`, as they are in the folder already. */
async function filesOf(
  found: FoundSystem,
  keep: boolean,
  folder: RecoveryFolder,
): Promise<readonly SmallFile[]> {
  return Promise.all(
    found.kit.files.map(async ({ name, text, mode }) => {
      const own = name === configurationName
      const file = own
        ? { name: nameOfConfiguration(found), text: plainReferences(text), mode }
        : { name, text, mode }
      const there = keep ? await folder.text(file.name) : undefined
      return there === undefined ? file : { ...file, text: there }
    }),
  )
}

async function variablesFile(
  { added }: RecoveryValues,
  folder: RecoveryFolder,
): Promise<readonly SmallFile[]> {
  if (Object.keys(added).length === 0) return []
  const text = withVariables(await folder.text('.env'), added)
  return [{ name: '.env', text, mode: 0o600 }]
}

function stacks({ stack }: Config, found: FoundSystem, folder: RecoveryFolder, stage: StageFolder) {
  const there = {
    composeFiles: found.kit.kit.composeFiles.map((file) => join(folder.path, file)),
    ...stack,
    directory: folder.path,
  }
  const composeFiles = there.composeFiles.map((path) => path.replace(folder.path, stage.files))
  return { stack: there, staged: { ...there, directory: stage.files, composeFiles } }
}

/** Compose looks for what files name from the folder that they lie in: what it says of that folder is said of the one to come. */
function asInFolder(
  planning: Pick<Compose, 'project'>,
  from: string,
  to: string,
): Pick<Compose, 'project'> {
  const inside = (path: string) => JSON.stringify(path).slice(1, -1)
  return {
    async project(stack) {
      const text = JSON.stringify(await planning.project(stack))
      return JSON.parse(text.replaceAll(inside(from), () => inside(to))) as ComposeProject
    },
  }
}

/** What compose files name and no kit holds has to be brought where the old host had it. Throws `SECRETS_MISSING` (refused). */
async function requireBeside(
  beside: readonly string[],
  { leftOut }: FoundSystem['kit']['kit'],
  folder: RecoveryFolder,
): Promise<void> {
  const missing: string[] = []
  for (const name of beside) {
    const had = leftOut.some((line) => line.startsWith(`${name}: it may hold a secret`))
    const path = join(folder.path, name)
    if (had && !(await folder.isThere(path))) missing.push(`${path} (named by a compose file)`)
  }
  if (missing.length > 0) throw secretsMissing([], missing)
}
