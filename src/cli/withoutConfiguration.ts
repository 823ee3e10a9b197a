import { join } from 'node:path'
import type { ConfigReading } from '../config/config.js'
import { parseConfig } from '../config/parse.js'
import type { Surroundings } from '../config/surroundings.js'
import { isBackupId } from '../domain/backupId.js'
import { Failure } from '../domain/failure.js'

/** Of a stack that is not there: nobody looks for its server. */
const nothing = 'version: 1\nname: none\ntargets: {none: {container: none}}\n'

/** The usual of everything, for a command that asks `ops.yaml` for nothing on a host that has none. */
export function withoutConfiguration(around: Surroundings): ConfigReading {
  return parseConfig(nothing, join(around.cwd, 'ops.yaml'), around)
}

/** Whether somebody named a file: not a backup, which only a shelf could tell the place of. */
export function namesFile(text: string): boolean {
  return text !== 'latest' && !isBackupId(text)
}

/** Whether no configuration was found, and none was asked for: what was asked for has to be there. */
export function isUnconfigured(error: unknown, asked: string | undefined): boolean {
  return error instanceof Failure && error.code === 'CONFIG_NOT_FOUND' && asked === undefined
}
