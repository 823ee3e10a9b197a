import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Failure } from '../domain/failure.js'
import { variable, type Surroundings } from './surroundings.js'

/** Where the configuration of a whole machine lies. */
const systemConfigFile = '/etc/ops/ops.yaml'

/** Name of a configuration file. */
const configFileName = 'ops.yaml'

/** A configuration file, and why it is this one. */
export interface FoundConfig {
  /** Absolute path. */
  readonly path: string
  readonly because: '--config' | 'OPS_CONFIG' | 'working folder' | 'machine'
}

/**
 * The file to read: the flag's, then `OPS_CONFIG`'s, then the first `ops.yaml` from the working folder upwards, then
 * the machine's. Throws `CONFIG_NOT_FOUND` (usage), `CONFIG_UNTRUSTED` (refused). A path that was asked for is never replaced by another one.
 */
export async function findConfigFile(
  flag: string | undefined,
  surroundings: Surroundings,
  system = systemConfigFile,
): Promise<FoundConfig> {
  const asked = askedFor(flag, surroundings)
  if (asked !== undefined) {
    if ((await look(asked.path)) !== 'nothing') return asked
    throw notFound(`there is no configuration file ${asked.path} (named by ${asked.because})`)
  }

  for (const folder of upwards(surroundings.cwd)) {
    const path = join(folder, configFileName)
    if (await isFile(path)) {
      await requireTrust(path, folder, surroundings.uid)
      return { path, because: 'working folder' }
    }
  }
  if (await isFile(system)) return { path: system, because: 'machine' }
  throw notFound(
    `no ${configFileName} in ${surroundings.cwd} or any folder above it, and no ${system}`,
  )
}

function askedFor(flag: string | undefined, surroundings: Surroundings): FoundConfig | undefined {
  if (flag !== undefined) return { path: resolve(surroundings.cwd, flag), because: '--config' }
  const named = variable(surroundings, 'OPS_CONFIG')
  return named === undefined
    ? undefined
    : { path: resolve(surroundings.cwd, named), because: 'OPS_CONFIG' }
}

function upwards(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...upwards(above)]
}

/**
 * A configuration says what to run. So one that somebody else left in a folder like /tmp, where anyone may leave one, is
 * not used just because we happen to work below it.
 */
async function requireTrust(path: string, folder: string, uid: number | undefined): Promise<void> {
  if (uid === undefined) return
  const [file, around] = await Promise.all([stat(path), stat(folder)])
  if ((around.mode & 0o002) === 0 || file.uid === uid || file.uid === 0) return
  throw new Failure(
    'refused',
    'CONFIG_UNTRUSTED',
    `${path} belongs to somebody else and lies where everyone may put files`,
    [`ops … --config ${path}   (if you trust it)`],
  )
}

async function isFile(path: string): Promise<boolean> {
  return (await look(path)) === 'file'
}

/** `hidden`: somebody keeps us from looking. On the way up that is as good as nothing; a file asked for is then read, and that fails with the reason. */
async function look(path: string): Promise<'file' | 'other' | 'nothing' | 'hidden'> {
  try {
    return (await stat(path)).isFile() ? 'file' : 'other'
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'nothing' : 'hidden'
  }
}

function notFound(sentence: string): Failure {
  return new Failure('usage', 'CONFIG_NOT_FOUND', sentence, ['ops init', 'ops … --config FILE'])
}
