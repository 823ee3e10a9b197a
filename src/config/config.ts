import type { DeclaredCheck } from '../domain/declared/check.js'
import type { DeclaredSymptom } from '../domain/declaredSymptom.js'
import type { CopyPlaceSettings } from '../domain/copyPlace.js'
import type { LogLevel } from '../domain/ownLog/level.js'
import type { RetentionPolicy } from '../domain/retention/policy.js'
import type { Schedule } from '../domain/schedule.js'
import type { KeyReference, SecretReference } from '../domain/secret.js'
import type { Stack, Target } from '../domain/target.js'

/** How archives are compressed. */
interface Compression {
  /** gzip level, 1 to 9. */
  readonly level: number
  /** The same for copies of data files, 0 to 9; 0 stores them as they are. */
  readonly dataFilesLevel: number
  /** Worker threads. */
  readonly workers: number
  /** Raw bytes of one gzip member. */
  readonly blockBytes: number
}

/** Whom backups are encrypted to, and who can open them here. */
export interface EncryptionSettings {
  /** Public keys; none: backups are written in clear. */
  readonly recipients: readonly string[]
  /** Where the secret keys are; none: this machine can write backups, and not read them. */
  readonly identities: readonly KeyReference[]
}

/** Where backups go, and which stay. */
export interface BackupSettings {
  /** Absolute path of the shelf. */
  readonly shelf: string
  /** Absent where the file has no such section: then nothing is removed. */
  readonly retention?: RetentionPolicy
  /** Seconds that a removed backup can be brought back. */
  readonly trashSeconds: number
  readonly compression: Compression
  readonly encryption: EncryptionSettings
  /** Whether the images of services are kept with the backups. */
  readonly keepImages: boolean
  /** Places elsewhere, each with a name of its own. */
  readonly copies: readonly CopyPlaceSettings[]
}

/** Point-in-time recovery. */
export interface PointInTimeSettings {
  readonly enabled: boolean
  /** Seconds of oplog in a slice. */
  readonly everySeconds: number
}

/** What was promised to the people who own the data. */
export interface Objectives {
  /** Seconds a recovery may take. */
  readonly rtoSeconds: number
  /** Seconds of writes that may be lost. */
  readonly rpoSeconds: number
  /** Seconds the newest good backup may be old. */
  readonly backupAgeSeconds: number
}

/** What ops writes down of its own doings. */
export interface LogSettings {
  readonly level: LogLevel
  /** Absolute path. */
  readonly folder: string
}

/** `ops.yaml`, checked, with defaults filled in and every path absolute. */
export interface Config {
  readonly version: 1
  readonly name: string
  /** Absolute path of the file it was read from. */
  readonly file: string
  /** Folder of that file, which relative paths in it start from. */
  readonly directory: string
  /** IANA name: where days and weeks are counted. */
  readonly timeZone: string
  readonly stack?: Stack
  /** By name. Has no prototype: asking for a name that is not there gives nothing. */
  readonly targets: Readonly<Record<string, Target>>
  readonly backup: BackupSettings
  readonly pitr: PointInTimeSettings
  readonly objectives: Objectives
  readonly schedule: Schedule
  /** Address of the dead man's switch: whoever knows it can silence the alarm. */
  readonly deadman?: SecretReference
  readonly log: LogSettings
  /** What the operator wants to be looked at, in the order of the file. */
  readonly checks: readonly DeclaredCheck[]
  /** What checks together are a sign of, in the order of the file. */
  readonly symptoms: readonly DeclaredSymptom[]
}

/** A setting to where its value comes from: `ops.yaml:12`, `default`, `environment OPS_SHELF`. Keys are dotted paths. */
export type Origins = Readonly<Record<string, string>>

/** What reading a configuration gives. */
export interface ConfigReading {
  readonly config: Config
  /** Sentences for the operator; the configuration is usable all the same. */
  readonly warnings: readonly string[]
  readonly origins: Origins
  /** Settings that hold a password in plain text. */
  readonly plainPasswords: readonly string[]
}
