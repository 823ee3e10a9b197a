import { resolve } from 'node:path'
import { folderPlace } from '../adapters/copies/folderPlace.js'
import { s3Place } from '../adapters/copies/s3Place.js'
import { machineClock } from '../adapters/host/clock.js'
import { recoveryFolder } from '../adapters/host/recoveryFolder.js'
import type { Surroundings } from '../config/surroundings.js'
import { Failure } from '../domain/failure.js'
import type { CopyPlace } from '../ports/copies.js'
import type { RecoveryFolder } from '../ports/recoveryFolder.js'
import { findSystem } from '../procedures/dr/system/findSystem.js'
import { recoverSystem, type SystemRecovery } from '../procedures/dr/system/recoverSystem.js'
import { patiently, warn, type Door } from './door.js'
import { waitSeconds } from './flags.js'
import { follow, type Followed, type FollowFlags } from './follow.js'
import { recoveryPlace, type PlaceFlags } from './recoveryPlace.js'
import { askedHidden } from './recoveryValues.js'
import { surroundings } from './surroundings.js'
import { systemFromPlace } from './systemFromPlace.js'
import { machineWorld, openWorld } from './world.js'

/** The flags of `ops dr system`. */
export interface SystemFlags extends PlaceFlags, FollowFlags {
  readonly backup: string
  readonly target?: string | undefined
  readonly into: string
  readonly identity?: readonly string[] | undefined
  readonly 'keep-files': boolean
  readonly 'no-replay': boolean
  readonly wait: string
}

/**
 * Rebuilds a system from a place, without any configuration: that comes out of the kit. Throws what finding, planning and carrying
 * out throw; a failure on the way says how to go on, and how to take away what was made.
 */
export async function rebuildSystem(
  flags: SystemFlags,
  opsVersion: string,
  door: Door,
): Promise<Followed<SystemRecovery>> {
  const around = surroundings()
  const { signal } = door.interruption
  const folder = recoveryFolder(resolve(around.cwd, flags.into))
  const place = await openPlace(flags, around)
  const { backup, target } = flags
  const wanted = {
    ...(backup === 'latest' ? {} : { backup }),
    ...(target === undefined ? {} : { target }),
  }
  const found = await patiently(door, findSystem(place, wanted, signal))
  const { identity = [] } = flags
  const read = await systemFromPlace(
    {
      place,
      found,
      folder,
      keepFiles: flags['keep-files'],
      identity,
      ask: (names) => askedHidden(names, door),
      open: (config) => openWorld(config, opsVersion, around),
      planning: (env) => machineWorld({ ...around, env }).compose,
    },
    around,
  )
  try {
    const request = {
      ...read.request,
      // Whoever names a backup means that very state.
      replay: !flags['no-replay'] && backup === 'latest',
      targets: Object.values(read.config.targets).filter(
        ({ name }) => target === undefined || name === target,
      ),
      timeoutSeconds: waitSeconds(flags.wait),
      again: again(flags),
      signal,
    }
    return await follow(recoverSystem, request, read.world, flags, door)
  } catch (error) {
    throw goingOn(error, flags, folder)
  } finally {
    await read.discard().catch(() => {
      warn(door, `${folder.path}: what was brought for the time of planning could not be removed`)
    })
  }
}

async function openPlace(flags: SystemFlags, around: Surroundings): Promise<CopyPlace> {
  const settings = await recoveryPlace(flags, around)
  if (settings.type === 'directory') return folderPlace(settings, settings.path)
  const { machineSecrets } = await import('../adapters/secrets/secrets.js')
  return s3Place(settings, { clock: machineClock, secrets: machineSecrets(machineWorld(around)) })
}

function again({ from, into, backup, target, endpoint, ...rest }: SystemFlags): string {
  return [
    `ops dr system --from ${from} --into ${into}`,
    ...(backup === 'latest' ? [] : [`--backup ${backup}`]),
    ...(target === undefined ? [] : [`--target ${target}`]),
    ...(rest['no-replay'] ? ['--no-replay'] : []),
    ...(endpoint === undefined ? [] : [`--endpoint ${endpoint}`]),
  ].join(' ')
}

/** What was made stays: the same command goes on, and another takes it away. */
function goingOn(error: unknown, flags: SystemFlags, folder: RecoveryFolder): unknown {
  if (!(error instanceof Failure) || error.facts['receipt'] === undefined) return error
  const { message, next, facts } = error
  const undo = next.filter((line) => line.startsWith('ops undo '))
  const others = next.filter((line) => !undo.includes(line))
  return new Failure(
    error.kind,
    error.code,
    message,
    [
      ...others,
      `${again(flags)}   (goes on from there)`,
      ...undo.map((line) => `cd ${folder.path} && ${line}   (takes away what was made)`),
    ],
    { cause: error, facts },
  )
}
