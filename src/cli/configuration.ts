import { join } from 'node:path'
import type { ConfigReading } from '../config/config.js'
import { findConfigFile } from '../config/find.js'
import { chosenLogFolder, chosenStateFolder } from '../config/folders.js'
import { readConfig } from '../config/read.js'
import type { Surroundings } from '../config/surroundings.js'
import { showConfig, type ShownConfig } from '../config/show.js'
import { requirePrivateSecrets } from './exposedSecrets.js'
import { ownLogName } from './openLog.js'
import { surroundings } from './surroundings.js'

/** What `config check` answers; what is wrong is thrown. */
export interface CheckedConfig {
  readonly file: string
  readonly targets: readonly string[]
  readonly warnings: readonly string[]
}

/** What `config path` answers. */
export interface ConfigPaths {
  readonly file: string
  /** Why it is this file: `--config`, `OPS_CONFIG`, `working folder`, `machine`. */
  readonly because: string
  readonly state: string
  /** Variable that chose the state folder, if one did. */
  readonly stateBecause: string | null
  /** The log of ops. */
  readonly log: string
  /** What chose its folder, if something did: a variable, or `log.folder`. */
  readonly logBecause: string | null
}

/** A configuration that was read, in short. Throws `SECRET_EXPOSED` (refused), as every command that needs the secret does. */
export async function checkedConfig({ config, warnings }: ConfigReading): Promise<CheckedConfig> {
  await requirePrivateSecrets(config)
  return { file: config.file, targets: Object.keys(config.targets), warnings }
}

/** Every setting with where it comes from. */
export function shownConfig(reading: ConfigReading): ShownConfig {
  return showConfig(reading, surroundings())
}

/** Which file would be read, whether it is valid or not. Throws `CONFIG_NOT_FOUND` (usage). */
export async function configPaths(flag: string | undefined): Promise<ConfigPaths> {
  const around = surroundings()
  const { path, because } = await findConfigFile(flag, around)
  const { path: state, variable } = chosenStateFolder(around)
  const { folder, because: logBecause } = await logFolderOf(path, around)
  const log = join(folder, ownLogName)
  return { file: path, because, state, stateBecause: variable ?? null, log, logBecause }
}

/** A file that is not valid names no folder: then the log lies where it does without one. */
async function logFolderOf(
  path: string,
  around: Surroundings,
): Promise<{ readonly folder: string; readonly because: string | null }> {
  const standard = chosenLogFolder(around)
  const read = await readConfig(path, around).catch(() => undefined)
  const folder = read?.config.log.folder ?? standard.path
  if (folder === standard.path) return { folder, because: standard.variable ?? null }
  return { folder, because: 'log.folder' }
}
