import type { Schedule } from '../domain/schedule.js'
import type { SecretReference } from '../domain/secret.js'
import type { Stack, Target } from '../domain/target.js'

/** How many backups are kept. A count of 0 means: none for that reason. */
interface Retention {
  /** Everything younger is kept. 0 means: nothing for its youth alone. */
  readonly keepWithinSeconds: number
  readonly last: number
  readonly hourly: number
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
  readonly yearly: number
  /** So many good backups are kept whatever the rest says; at least 1. */
  readonly minGood: number
}

/** How archives are compressed. */
interface Compression {
  /** gzip level, 1 to 9. */
  readonly level: number
  /** Worker threads. */
  readonly workers: number
  /** Raw bytes of one gzip member. */
  readonly blockBytes: number
}

/** Where backups go, and which stay. */
export interface BackupSettings {
  /** Absolute path of the shelf. */
  readonly shelf: string
  readonly retention: Retention
  readonly compression: Compression
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

/** `ops.yaml`, checked, with defaults filled in and every path absolute. */
export interface Config {
  readonly version: 1
  readonly name: string
  /** Absolute path of the file it was read from. */
  readonly file: string
  /** Folder of that file, which relative paths in it start from. */
  readonly directory: string
  readonly stack?: Stack
  /** By name. Has no prototype: asking for a name that is not there gives nothing. */
  readonly targets: Readonly<Record<string, Target>>
  readonly backup: BackupSettings
  readonly pitr: PointInTimeSettings
  readonly objectives: Objectives
  readonly schedule: Schedule
  /** Address of the dead man's switch: whoever knows it can silence the alarm. */
  readonly deadman?: SecretReference
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
