import type { Diagnosis, Patient } from '../checks/doctor/doctor.js'
import { diagnose } from '../checks/doctor/doctor.js'
import { machineClock } from '../adapters/host/clock.js'
import type { ConfigReading } from '../config/config.js'
import { stateFolder } from '../config/folders.js'
import type { ExitKind } from '../domain/exit.js'
import { Failure } from '../domain/failure.js'
import { pathLook } from './pathLook.js'
import { surroundings } from './surroundings.js'
import { machineWorld, openWorld } from './world.js'

/** Examines this machine. A configuration that cannot be read is a finding, not the end. */
export async function examineMachine(
  reading: Promise<ConfigReading>,
  opsVersion: string,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const around = surroundings()
  const machine = {
    ...machineWorld(around),
    clock: machineClock,
    paths: pathLook,
    stateFolder: stateFolder(around),
  }
  return diagnose({ ...machine, ...(await configured(reading, opsVersion)) }, signal)
}

async function configured(
  reading: Promise<ConfigReading>,
  opsVersion: string,
): Promise<Pick<Patient, 'configuration' | 'configured'>> {
  try {
    const { config, warnings } = await reading
    const targets = Object.values(config.targets)
    return {
      configuration: { file: config.file, warnings, targets: targets.length },
      configured: { world: openWorld(config, opsVersion, surroundings()), targets },
    }
  } catch (error) {
    if (error instanceof Failure) return { configuration: { failure: error } }
    throw error
  }
}

/** The outcome that a verdict stands for. */
export const outcomes: Readonly<Record<Diagnosis['verdict'], ExitKind>> = {
  ok: 'ok',
  warn: 'degraded',
  fail: 'failing',
}
