import { machineClock } from '../adapters/host/clock.js'
import { diagnose, type Diagnosis } from '../checks/doctor/doctor.js'
import type { ScheduleSeen } from '../checks/doctor/evidence.js'
import type { BackupRules, Configured } from '../checks/doctor/patient.js'
import type { Config } from '../config/config.js'
import { findConfigFile } from '../config/find.js'
import { stateFolder } from '../config/folders.js'
import { readConfig } from '../config/read.js'
import type { Surroundings } from '../config/surroundings.js'
import type { ExitKind } from '../domain/exit.js'
import { Failure } from '../domain/failure.js'
import type { Manifest } from '../domain/manifest.js'
import { jobsOf } from '../domain/schedule.js'
import type { Containers } from '../ports/containers.js'
import type { Machine } from '../ports/machine.js'
import type { Strangers } from '../ports/strangers.js'
import type { World } from '../ports/world.js'
import { releaseAbandonedLocks } from '../procedures/dataFiles/abandonedLocks.js'
import { keptFiles } from '../procedures/dataFiles/forgetOld.js'
import { lastLike } from '../procedures/backup/catalog.js'
import { decideScope } from '../procedures/backup/scope.js'
import { expectedBytes, requireSpace } from '../procedures/backup/space.js'
import { tryKeys } from '../procedures/encryption/tryKeys.js'
import { cutOffAround } from '../procedures/restore/unfinished.js'
import { later } from './later.js'
import { scheduleWorld } from './scheduleWorld.js'
import { scrub } from '../domain/scrub.js'
import { surroundings } from './surroundings.js'
import { chooseTargets } from './targets.js'
import { machineWorld, openWorld } from './world.js'

/** What `doctor` was asked for. */
export interface DoctorRequest {
  readonly config: string | undefined
  /** Every target where none is named. */
  readonly target: string | undefined
  readonly opsVersion: string
  /** Folder that ops is installed in, and absolute path of node. */
  readonly home: string
  readonly node: string
  readonly signal: AbortSignal
  /** Hears what is worth a word besides the findings. */
  readonly warn: (text: string) => void
}

/**
 * Examines this machine. A configuration that cannot be read is a finding, not the end. Throws `TARGET_UNKNOWN`
 * (not-found) for a target that the configuration does not have, and the signal's reason.
 */
export async function examineMachine(request: DoctorRequest): Promise<Diagnosis> {
  const around = surroundings()
  await releaseWrites(request, around)
  const wrong = new AbortController()
  const { engine, compose, client } = machineWorld(around)
  const diagnosis = await diagnose(
    {
      engine,
      compose,
      clock: machineClock,
      machine: later<Machine>(
        async () => (await import('../adapters/host/machine.js')).thisMachine,
      ),
      stateFolder: stateFolder(around),
      async configuration() {
        const { path } = await findConfigFile(request.config, around)
        const { config, warnings, plainPasswords } = await readConfig(path, around)
        const world = openWorld(config, request.opsVersion, around)
        return {
          file: config.file,
          warnings,
          plainPasswords,
          targets: chosen(config.targets, request.target, wrong),
          backupAgeSeconds: config.objectives.backupAgeSeconds,
          rtoSeconds: config.objectives.rtoSeconds,
          world,
          containers: later<Containers>(async () => {
            const { targetContainers } = await import('../adapters/docker/containers.js')
            return targetContainers(engine, compose, config.stack)
          }),
          strangers: later<Strangers>(async () => {
            const { mongoStrangers } = await import('../adapters/mongo/strangers.js')
            return mongoStrangers({ containers: world.containers, secrets: world.secrets, client })
          }),
          rules: backupRules(world),
          ...(jobsOf(config.schedule).length > 0
            ? { schedule: () => lookAtSchedule(config, request, around) }
            : {}),
        }
      },
    },
    AbortSignal.any([request.signal, wrong.signal]),
  )
  return { ...diagnosis, checks: diagnosis.checks.map(scrubbed) }
}

/** Before anything is looked at: a lock that a killed run left is no finding, it is released. */
async function releaseWrites(
  { config: given, opsVersion, warn }: DoctorRequest,
  around: Surroundings,
): Promise<void> {
  try {
    const { path } = await findConfigFile(given, around)
    const { config } = await readConfig(path, around)
    const world = openWorld(config, opsVersion, around)
    await releaseAbandonedLocks(Object.values(config.targets), world, warn)
  } catch (error) {
    // A configuration that cannot be read is a finding, and told as one.
    if (!(error instanceof Failure)) throw error
  }
}

/** A name that is not there is the operator's slip, not a finding about the machine: it ends everything. */
function chosen(
  targets: Parameters<typeof chooseTargets>[0],
  target: string | undefined,
  wrong: AbortController,
): Configured['targets'] {
  if (target === undefined) return Object.values(targets)
  try {
    return chooseTargets(targets, { target })
  } catch (error) {
    wrong.abort(error)
    throw error
  }
}

async function lookAtSchedule(
  config: Config,
  { opsVersion, home, node }: DoctorRequest,
  around: Surroundings,
): Promise<ScheduleSeen> {
  const { scheduleOverview } = await import('./scheduleInstallation.js')
  const world = scheduleWorld(config, opsVersion, around)
  return scheduleOverview(config, { around, home, node }, world)
}

/** The rules that `backup` goes by, as the doctor asks them. */
export function backupRules(world: World): BackupRules {
  return {
    scope(target, server, present) {
      const { request, databases, only } = decideScope(target, server, present, false)
      return { databases, wholeInstance: request.database === undefined && only.length === 0 }
    },
    lastLike: (entries, wholeInstance) => lastLike(entries, wholeInstance)?.manifest,
    neededBytes,
    tryKeys: (target) => tryKeys(target, world),
    cutOff: (target) => cutOffAround(target, world),
    keptFiles: (target) => keptFiles(target, world),
  }
}

/** What a full disk would be refused for: the rule itself says how much it wants. */
function neededBytes(dataBytes: number, last: Manifest | undefined): number {
  const file = expectedBytes({ dataBytes, ...(last ? { last } : {}) })
  try {
    requireSpace(0, file, '')
  } catch (error) {
    if (error instanceof Failure) return Number(error.facts['neededBytes'])
    throw error
  }
  return file
}

/** Findings quote what servers and tools say, and those may quote an address with its password. */
function scrubbed(finding: Diagnosis['checks'][number]): Diagnosis['checks'][number] {
  return {
    ...finding,
    says: scrub(finding.says),
    because: scrub(finding.because),
    next: finding.next.map((line) => scrub(line)),
  }
}

/** The outcome that a verdict stands for. */
export const outcomes: Readonly<Record<Diagnosis['verdict'], ExitKind>> = {
  ok: 'ok',
  warn: 'degraded',
  fail: 'failing',
}
