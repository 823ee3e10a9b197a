import { dirname, join, resolve } from 'node:path'
import { isTimeZone } from '../domain/retention/calendar.js'
import type { Credentials, Place, Stack, Target, Tls } from '../domain/target.js'
import { declaredChecks } from './checks/assemble.js'
import { deadmanOf, scheduleOf } from './assembleSchedule.js'
import type { BackupSettings, Config, Objectives, PointInTimeSettings } from './config.js'
import { copyPlace } from './copies.js'
import { defaults } from './defaults.js'
import { durationSeconds } from './duration.js'
import { encryptionSettings } from './encryptionSchema.js'
import { chosenLogFolder, defaultShelf, overriddenLogFolder, overriddenShelf } from './folders.js'
import type { ConfigFile, TargetFile } from './schema.js'
import { retentionPolicy } from './retentionPolicy.js'
import { secretReference } from './secrets.js'
import type { Surroundings } from './surroundings.js'
import { declaredSymptoms } from './symptoms.js'

/** Makes a path of the file absolute. */
type Absolute = (path: string) => string

/** The configuration that a checked file stands for: defaults filled in, paths absolute. `path` is absolute. */
export function assemble(file: ConfigFile, path: string, surroundings: Surroundings): Config {
  const directory = dirname(path)
  const absolute: Absolute = (inner) =>
    inner === '~' || inner.startsWith('~/')
      ? join(surroundings.home, inner.slice(1))
      : resolve(directory, inner)
  const pitr = pointInTime(file.pitr)
  const deadman = deadmanOf(file.notify, absolute)

  return {
    version: 1,
    name: file.name,
    file: path,
    directory,
    timeZone: file.timeZone ?? machineTimeZone(),
    ...(file.stack === undefined ? {} : { stack: stack(file.stack, absolute) }),
    targets: withoutPrototype(
      Object.entries(file.targets).map(([name, entry]) => [
        name,
        target(name, entry, absolute, pitr.enabled),
      ]),
    ),
    backup: backup(file.backup, absolute, surroundings),
    pitr,
    objectives: objectives(file.objectives),
    schedule: scheduleOf(file.schedule),
    ...(deadman === undefined ? {} : { deadman }),
    log: {
      level: file.log?.level ?? defaults.log.level,
      folder: logFolder(file.log?.folder, absolute, surroundings),
    },
    checks: declaredChecks(file, { absolute, directory }),
    symptoms: declaredSymptoms(file),
  }
}

/** The environment has the last word, as over the shelf. */
function logFolder(
  named: string | undefined,
  absolute: Absolute,
  surroundings: Surroundings,
): string {
  const overridden = overriddenLogFolder(surroundings)?.path
  return overridden ?? (named === undefined ? chosenLogFolder(surroundings).path : absolute(named))
}

/** An environment without one (TZ set to nonsense) counts in UTC. */
function machineTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return isTimeZone(timeZone) ? timeZone : 'UTC'
}

function stack(file: NonNullable<ConfigFile['stack']>, absolute: Absolute): Stack {
  const composeFiles = file.compose.map(absolute)
  return {
    composeFiles,
    ...(file.project === undefined ? {} : { project: file.project }),
    ...(file.job === undefined ? {} : { job: file.job }),
    directory: dirname(composeFiles[0] ?? ''),
  }
}

function target(
  name: string,
  file: TargetFile,
  absolute: Absolute,
  pointInTimeEnabled: boolean,
): Target {
  return {
    name,
    place: place(file, absolute),
    databases: file.databases ?? [],
    ...(file.credentials === undefined
      ? {}
      : { credentials: credentials(file.credentials, absolute) }),
    ...(file.tls === undefined ? {} : { tls: tls(file.tls, absolute) }),
    writers: file.writers ?? [],
    expectations: withoutPrototype(Object.entries(file.expectations ?? {})),
    engine: file.engine ?? 'auto',
    pointInTime: pointInTimeEnabled,
  }
}

/** The rules have seen to it that exactly one of the three is there. */
function place(file: TargetFile, absolute: Absolute): Place {
  if (file.service !== undefined) return { kind: 'service', service: file.service }
  if (file.container !== undefined) return { kind: 'container', container: file.container }
  return { kind: 'server', uri: secretReference(file.uri ?? '', absolute) }
}

function credentials(
  file: NonNullable<TargetFile['credentials']>,
  absolute: Absolute,
): Credentials {
  return {
    username: secretReference(file.username, absolute),
    password: secretReference(file.password, absolute),
    authSource: file.authSource ?? defaults.authSource,
  }
}

function tls(file: NonNullable<TargetFile['tls']>, absolute: Absolute): Tls {
  const { ca, certificate, name = defaults.tlsName } = file
  return {
    ...(ca === undefined ? {} : { ca: absolute(ca) }),
    ...(certificate === undefined ? {} : { certificate: absolute(certificate) }),
    name,
  }
}

function backup(
  file: ConfigFile['backup'],
  absolute: Absolute,
  surroundings: Surroundings,
): BackupSettings {
  const { trash } = { ...defaults.retention, ...file?.retention }
  const shelf = file?.shelf === undefined ? defaultShelf(surroundings) : absolute(file.shelf)
  return {
    shelf: overriddenShelf(surroundings)?.path ?? shelf,
    ...(file?.retention === undefined ? {} : { retention: retentionPolicy(file.retention) }),
    trashSeconds: seconds(trash),
    compression: { ...defaults.compression, ...file?.compression },
    encryption: encryptionSettings(file?.encryption, absolute),
    keepImages: file?.kit?.images === 'keep',
    copies: (file?.copies ?? []).map((place) => copyPlace(place, absolute)),
  }
}

function pointInTime(file: ConfigFile['pitr']): PointInTimeSettings {
  const { enabled, every } = { ...defaults.pitr, ...file }
  return { enabled, everySeconds: seconds(every) }
}

function objectives(file: ConfigFile['objectives']): Objectives {
  const { rto, rpo, backupAge } = { ...defaults.objectives, ...file }
  return {
    rtoSeconds: seconds(rto),
    rpoSeconds: seconds(rpo),
    backupAgeSeconds: seconds(backupAge),
  }
}

/** The schema let only durations through. */
function seconds(text: string): number {
  return durationSeconds(text) ?? 0
}

/** Names come from the file and from the command line: `constructor` must not find what every object inherits. */
function withoutPrototype<Value>(entries: readonly (readonly [string, Value])[]) {
  const record = Object.create(null) as Record<string, Value>
  for (const [name, value] of entries) record[name] = value
  return record
}
