import { join } from 'node:path'
import type { ConfigReading } from '../config/config.js'
import { variable, type Surroundings } from '../config/surroundings.js'
import { Failure } from '../domain/failure.js'

/** Of a stack that is not there: nobody looks for its server. */
const nothing = 'version: 1\nname: none\ntargets: {none: {container: none}}\n'

/**
 * Finds the configuration and reads it. With `orUsual` the usual of everything on a host that has none; one that was asked for, by
 * `--config` or `OPS_CONFIG`, has to be there all the same. Throws what finding and reading it throw.
 */
export async function readSettings(
  config: string | undefined,
  around: Surroundings,
  orUsual: boolean,
): Promise<ConfigReading> {
  const { findConfigFile } = await import('../config/find.js')
  try {
    const { path } = await findConfigFile(config, around)
    const { readConfig } = await import('../config/read.js')
    return await readConfig(path, around)
  } catch (error) {
    const asked = config ?? variable(around, 'OPS_CONFIG')
    const isMissing = error instanceof Failure && error.code === 'CONFIG_NOT_FOUND'
    if (!orUsual || !isMissing || asked !== undefined) throw error
    const { parseConfig } = await import('../config/parse.js')
    return parseConfig(nothing, join(around.cwd, 'ops.yaml'), around)
  }
}
