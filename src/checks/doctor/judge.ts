import { verdict, type Finding } from '../../domain/finding.js'
import { judgeAccount, judgeApplications, judgeStrangers } from './account.js'
import {
  judgeDatabases,
  judgeDisk,
  judgeManifests,
  judgeNewestBackup,
  judgeShelf,
  judgeSpace,
} from './backups.js'
import { judgeCopies, judgePlace } from './copies.js'
import { judgeConfiguration, judgeStack } from './configuration.js'
import { judgeContainer, judgeImage } from './container.js'
import { judgeEncryption } from './encryption.js'
import type { Evidence, TargetEvidence } from './evidence.js'
import { judgeConfigurationFile, judgeEnvironmentFile, judgeSecretFiles } from './files.js'
import { judgeCompose, judgeEngine, judgeStateFolder } from './host.js'
import { judgeKeyPlaces } from './keyPlaces.js'
import { seen } from './look.js'
import { judgePassword } from './password.js'
import { judgeCutOff, judgeKeptFiles, judgeLock } from './past.js'
import { isExposed, judgePort } from './reach.js'
import { judgeRestoreTest } from './restoreTests.js'
import { judgeSchedule } from './schedule.js'
import {
  judgeBackupRights,
  judgeClock,
  judgePointInTime,
  judgePrimary,
  judgeRestoreRights,
  judgeServer,
  judgeSignIn,
} from './server.js'
import { judgeTools } from './tools.js'
import { judgeEngineAccess, judgeWire } from './wire.js'

/** A finding, and what it is about. */
export interface DoctorFinding extends Finding {
  readonly about: 'host' | 'configuration' | 'target'
  /** Name of the target it is about. */
  readonly target?: string
}

/** What `ops doctor` answers. */
export interface Diagnosis {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly DoctorFinding[]
}

/** Judges everything that was seen. Pure: the same evidence gives the same findings, on any machine. */
export function judge(evidence: Evidence): Diagnosis {
  const checks: readonly DoctorFinding[] = [
    ...judgeHost(evidence).map((finding) => ({ ...finding, about: 'host' as const })),
    ...judgeWhatIsConfigured(evidence).map((finding) => ({
      ...finding,
      about: 'configuration' as const,
    })),
    ...evidence.targets.flatMap((target) =>
      judgeTarget(target, evidence).map((finding) => ({
        ...finding,
        about: 'target' as const,
        target: target.name,
      })),
    ),
  ]
  return { verdict: verdict(checks), checks }
}

function judgeHost({
  engine,
  engineSocket,
  compose,
  stateFolder,
  configuration,
  stack,
}: Evidence): readonly Finding[] {
  // Without a configuration nobody knows whether there is a stack: then compose counts as needed.
  const needed = configuration.state !== 'seen' || stack !== undefined
  return [
    judgeEngine(engine),
    ...judgeEngineAccess(engine, engineSocket),
    judgeCompose(compose, needed),
    judgeStateFolder(stateFolder),
  ]
}

function judgeWhatIsConfigured({
  configuration,
  configurationFile,
  stack,
  places,
  schedule,
  at,
}: Evidence): readonly Finding[] {
  const { plainPasswords = [], backupAgeSeconds = Infinity } = seen(configuration) ?? {}
  return [
    ...judgeConfiguration(configuration),
    ...(configurationFile ? [judgeConfigurationFile(configurationFile, plainPasswords)] : []),
    ...(stack ? [...judgeStack(stack), judgeEnvironmentFile(stack.environmentFile)] : []),
    ...places.map(judgePlace),
    ...(schedule ? judgeSchedule(schedule, backupAgeSeconds, at) : []),
  ]
}

function judgeTarget(target: TargetEvidence, { at, places, engine }: Evidence): readonly Finding[] {
  const { name, container, image, tools, server, rights, secretFiles, shelf, lock } = target
  const open = seen(rights)?.authenticated === false || seen(target.strangers) === true
  return [
    ...(container ? [judgeContainer(name, container)] : []),
    ...(image ? [judgeImage(name, image)] : []),
    ...(secretFiles.length > 0 ? [judgeSecretFiles(name, secretFiles)] : []),
    judgeServer(target),
    judgeSignIn(target),
    judgeBackupRights(name, rights),
    judgeRestoreRights(name, rights),
    ...judgeAccount(target),
    ...judgeStrangers(target),
    ...judgePassword(name, target.password, isExposed(target)),
    ...judgeApplications(target),
    ...(container ? [judgePort(name, container, open, target.planned)] : []),
    ...judgeWire(target, engine),
    judgeDatabases(target),
    judgePrimary(name, server),
    judgePointInTime(target),
    judgeClock(name, server),
    judgeTools(name, tools, server),
    judgeShelf(name, shelf),
    judgeSpace(target),
    ...judgeDisk(name, shelf, target.dataDevices),
    judgeNewestBackup(target, at),
    ...judgeRestoreTest(target, at),
    ...judgeCopies(target, places),
    judgeManifests(name, target.catalog),
    judgeEncryption(target),
    ...judgeKeyPlaces(target),
    judgeCutOff(name, target.cutOff),
    ...judgeKeptFiles(name, target.keptFiles),
    judgeLock(name, lock, at),
  ]
}
