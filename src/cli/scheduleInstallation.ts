import { join, resolve } from 'node:path'
import type { Config, ConfigReading } from '../config/config.js'
import { stateFolder } from '../config/folders.js'
import { readConfig } from '../config/read.js'
import { variable, type Surroundings } from '../config/surroundings.js'
import { Failure } from '../domain/failure.js'
import { jobsOf } from '../domain/schedule.js'
import type { Host } from '../ports/host.js'
import { impossible, type Installation } from '../procedures/schedule/layout.js'
import { overviewOf, type ScheduleOverview } from '../procedures/schedule/overview.js'
import type { ScheduleWorld } from './scheduleWorld.js'
import { scrub } from '../domain/scrub.js'

/** Where a job always finds programs, whatever the PATH of whoever installs it. */
const usualFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Paths that ops itself goes by; a job has to go by the same. */
const ownPaths = ['OPS_STATE', 'OPS_SHELF', 'OPS_LOG', 'XDG_STATE_HOME', 'XDG_DATA_HOME']

/** By these the same Docker engine is found. */
const engineNames = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_TLS_VERIFY',
  'DOCKER_CERT_PATH',
]

/** What an installation is made from, besides the configuration. */
export interface InstallationFacts {
  readonly around: Surroundings
  readonly host: Pick<Host, 'user'>
  /** Folders of PATH that hold programs a job may call. */
  readonly programFolders: readonly string[]
  /** Absolute path of node. */
  readonly node: string
  /** Folder that ops is installed in. */
  readonly home: string
  /** `--root`: a scratch root, as it was typed. */
  readonly root?: string | undefined
}

/** The files of a schedule as they would be written here. Throws `SCHEDULE_IMPOSSIBLE` (refused). */
export function installationOf(config: Config, facts: InstallationFacts): Installation {
  const { around, host, programFolders, node, home, root } = facts
  const configHome = variable(around, 'XDG_CONFIG_HOME') ?? join(around.home, '.config')
  return {
    stack: { name: config.name, file: config.file },
    jobs: jobsOf(config.schedule),
    node,
    script: join(home, 'bin', 'run.js'),
    environment: environmentOf(around, programFolders),
    writes: [...new Set([config.backup.shelf, stateFolder(around), config.log.folder])],
    user: host.user,
    scope: around.uid === 0 || root !== undefined ? 'system' : 'user',
    root: root === undefined ? '' : resolve(around.cwd, root).replace(/\/$/, ''),
    userUnits: join(configHome, 'systemd', 'user'),
  }
}

function environmentOf(
  around: Surroundings,
  programFolders: readonly string[],
): Readonly<Record<string, string>> {
  const path = [...new Set([...usualFolders, ...programFolders])].join(':')
  const carried = [...ownPaths, ...engineNames].flatMap((name): [string, string][] => {
    const value = variable(around, name)
    if (value === undefined) return []
    if (scrub(value) !== value) throw impossible(`${name} holds a password, and would lie open`)
    return [[name, ownPaths.includes(name) ? resolve(around.cwd, value) : value]]
  })
  return { PATH: path, HOME: around.home, ...Object.fromEntries(carried) }
}

/** What is installed of a schedule, and how its jobs ran. Throws what looking throws. */
export async function scheduleOverview(
  config: Config,
  { around, home, node, root }: Pick<InstallationFacts, 'around' | 'home' | 'node' | 'root'>,
  world: Pick<ScheduleWorld, 'schedulers' | 'host' | 'runs' | 'clock'>,
): Promise<ScheduleOverview> {
  const programFolders = await world.schedulers.programFolders()
  const facts = { around, host: world.host, programFolders, node, home, root }
  return overviewOf(installationOf(config, facts), world)
}

/**
 * Throws `SCHEDULE_NEEDS_VARIABLE` (refused) where the configuration takes something from the environment that a job
 * will not find there: at two in the night nobody would be there to set it.
 */
export async function requireBare(
  { config, origins }: ConfigReading,
  { environment }: Installation,
  around: Surroundings,
): Promise<void> {
  const used = Object.values(origins).flatMap((origin) =>
    [...origin.matchAll(/environment ([A-Za-z_]\w*)/g)].map(([, name = '']) => name),
  )
  const missing = [...new Set(used)].filter(
    (name) => variable(around, name) !== undefined && environment[name] === undefined,
  )
  if (missing.length === 0) {
    // Whatever else differs without our environment shows in reading it there.
    await readConfig(config.file, { ...around, env: environment })
    return
  }
  throw new Failure(
    'refused',
    'SCHEDULE_NEEDS_VARIABLE',
    `${config.file} takes ${missing.join(', ')} from the environment, which a scheduled job does not have; nothing was changed`,
    [
      'ops config show',
      'use {file: PATH}, {command: [PROGRAM]} or {compose: SERVICE.VARIABLE} instead',
    ],
    { facts: { variables: missing } },
  )
}
