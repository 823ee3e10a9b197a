import type { EngineName } from '../../domain/manifest.js'
import type { Receipt } from '../../domain/receipt.js'
import type { RestoreTest } from '../../domain/restoreTest.js'
import type { Trust } from '../../domain/trust.js'
import type { CopyState } from '../../domain/copy.js'
import type { CopyPlace, CopyProbe } from '../../ports/copies.js'
import type { ContainerFacts, EngineFacts } from '../../ports/engine.js'
import type { LockOwner } from '../../ports/locks.js'
import type { FolderFacts, PathFacts, Tracking } from '../../ports/machine.js'
import type { ServerFacts } from '../../ports/mongo.js'
import type { ToolVersions } from '../../ports/tools.js'

/** An expected failure met while looking: it is itself a fact. */
export interface Refusal {
  readonly state: 'refused'
  readonly code: string
  readonly message: string
  readonly next: readonly string[]
}

/** What came of looking: facts, an expected failure, or nothing (`unseen`: no answer in time, or an error nobody expected). */
export type Looked<Facts> =
  | { readonly state: 'seen'; readonly facts: Facts }
  | Refusal
  | { readonly state: 'unseen'; readonly because: string }

/** What is known of the configuration, and where it lies. */
export interface ConfigurationFacts {
  readonly file: string
  readonly targets: readonly string[]
  readonly warnings: readonly string[]
  /** Settings that hold a password in plain text. */
  readonly plainPasswords: readonly string[]
  /** Seconds that the newest good backup may be old. */
  readonly backupAgeSeconds?: number
}

/** A file whose readers and writers matter. */
export interface FileEvidence {
  readonly path: string
  readonly facts: Looked<PathFacts>
  readonly tracking: Looked<Tracking>
}

/** The compose project, held against what `ops.yaml` says of it. */
export interface StackFacts {
  readonly project: string
  readonly services: readonly string[]
  /** Services that `ops.yaml` names and the compose files do not have. */
  readonly unknown: readonly string[]
}

/** An image, and whether the engine has it. */
export interface ImageFacts {
  readonly name: string
  readonly present: boolean
  /** Whether a container was made from it already. */
  readonly used: boolean
}

/** Where a port can be reached: address and port outside, and the port inside. An empty address is every one. */
export interface Published {
  readonly host: string
  readonly port: string
  readonly inside: string
}

/** A target's container, without its environment: that holds secrets. */
export type ContainerSeen = Pick<
  ContainerFacts,
  'name' | 'service' | 'state' | 'health' | 'exitCode' | 'oomKilled' | 'image' | 'ports'
> & {
  /** The port that its server listens on inside; absent where a configuration file may say another. */
  readonly serverPort?: number
  /** Where its server listens, where it shares the network of its machine. */
  readonly listensOn?: readonly Published[]
}

/** How good a password is, and nothing of the password itself; `none`: nobody signs in with one. */
export type PasswordSeen = 'none' | 'common' | 'the name' | 'short' | 'fair'

/** Services of the stack that sign in as somebody who may do everything. */
export interface ApplicationsSeen {
  /** How many such users are known of. */
  readonly administrators: number
  readonly services: readonly string[]
  /** Those that the target names. */
  readonly databases: readonly string[]
}

/** How a server outside Docker is spoken to. */
export interface WireSeen {
  /** Hosts that are neither this machine nor a container of it. */
  readonly elsewhere: readonly string[]
  readonly encrypted: boolean
  /** Whether somebody in between could pass for the server. */
  readonly verified: boolean
}

/** A file with a key that opens backups, in a folder of backups. */
export interface KeyBeside {
  readonly file: string
  /** `the shelf`, or which place. */
  readonly of: string
  readonly folder: string
}

/** The tools that would run, and where. */
export interface ToolFacts extends ToolVersions {
  readonly engine: EngineName
  readonly because: string
}

/** What the server said of itself, between two looks at our own clock (RFC 3339 UTC). */
export interface ServerSeen extends ServerFacts {
  readonly askedAt: string
  readonly answeredAt: string
}

/** What the user that ops signs in as lacks. */
export interface Rights {
  readonly authenticated: boolean
  readonly missingForBackup: readonly string[]
  readonly missingForRestore: readonly string[]
  /** Whether it may do everything, or give itself the right to. */
  readonly mayDoEverything: boolean
}

/** What is known before it of the next backup. */
export interface NextBackup {
  /** Absent where the server could not be asked. */
  readonly databases?: readonly string[]
  /** Bytes that must be free for it. */
  readonly neededBytes: number
  /** What the guess rests on. */
  readonly guessedFrom: string
}

/** A backup, as far as judging it takes. */
export interface BackupSeen {
  readonly id: string
  readonly takenAt: string
  readonly trust: Trust
  readonly present: boolean
  /** Whether its file was written to after it was last read; absent where it was not, or nobody looked. */
  readonly changed?: true
  /** Bytes before compression. */
  readonly rawBytes: number
  readonly copies: readonly CopyState[]
}

/** The last trial restore of any backup of a target. */
export interface TestSeen extends Pick<RestoreTest, 'at' | 'secondsPerGigabyte'> {
  /** Of the backup. */
  readonly id: string
}

/** What a shelf holds; safety backups left aside. */
export interface CatalogFacts {
  readonly count: number
  readonly newest?: BackupSeen
  readonly newestGood?: BackupSeen
  readonly lastTest?: TestSeen
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** Whom backups are encrypted to, and who can open them here. */
export interface EncryptionEvidence {
  /** Public keys that the next backup is encrypted to. */
  readonly recipients: number
  /** Places of this machine that secret keys come from. */
  readonly identities: number
  /** What they were tried on: `newest` is the newest encrypted backup, absent where there is none. */
  readonly opened: Looked<{ readonly newest?: string }>
}

/** A procedure that was cut off half-way, or left data half done. */
export type CutOff = Pick<
  Receipt,
  | 'id'
  | 'command'
  | 'title'
  | 'startedAt'
  | 'state'
  | 'again'
  | 'destroyed'
  | 'dataFiles'
  | 'containers'
  | 'putBack'
  | 'system'
  | 'replicaSet'
>

/** Data files that a restore put aside. */
export type KeptFiles = Pick<Receipt, 'title' | 'startedAt'> & { readonly folder: string }

/** Who holds a lock; `gone` is absent where the holder runs on another machine. */
export interface LockFacts {
  readonly owner?: LockOwner
  readonly gone?: boolean
}

/** A place for copies, and what it said when it was tried. */
export interface PlaceEvidence extends Pick<CopyPlace, 'name' | 'type' | 'where'> {
  readonly probe: Looked<CopyProbe>
}

/** Everything about one target. */
export interface TargetEvidence {
  readonly name: string
  readonly place: 'service' | 'container' | 'server'
  /** Whether `ops.yaml` asks for point-in-time recovery. */
  readonly pointInTime: boolean
  /** Absent where the server runs outside Docker. */
  readonly container?: Looked<ContainerSeen>
  readonly image?: Looked<ImageFacts>
  readonly tools: Looked<ToolFacts>
  /** Found, reached and signed in: the session was opened. */
  readonly connection: Looked<true>
  readonly server: Looked<ServerSeen>
  readonly rights: Looked<Rights>
  readonly nextBackup: Looked<NextBackup>
  readonly secretFiles: readonly FileEvidence[]
  /** Whether `ops.yaml` says how its container is spoken to over TLS. */
  readonly tls: boolean
  /** Where the compose files publish its ports; absent where it is no service of them. */
  readonly planned?: Looked<readonly Published[]>
  /** Whether the server answers who does not sign in; absent where ops does not sign in either. */
  readonly strangers?: Looked<boolean>
  readonly password?: Looked<PasswordSeen>
  /** Absent where it is no service of a stack. */
  readonly applications?: Looked<ApplicationsSeen>
  /** Absent where the server runs in a container. */
  readonly wire?: Looked<WireSeen>
  /** Keys that lie beside the backups; absent where no key is in a file. */
  readonly keyPlaces?: Looked<readonly KeyBeside[]>
  readonly shelf: Looked<FolderFacts>
  readonly freeBytes: Looked<number>
  /** File systems of the database's own bind mounts, where the engine runs on this machine. */
  readonly dataDevices: Looked<readonly number[]>
  readonly catalog: Looked<CatalogFacts>
  readonly encryption: EncryptionEvidence
  /** Seconds that the newest good backup may be old. */
  readonly backupAgeSeconds: number
  /** Seconds that a recovery may take. */
  readonly rtoSeconds: number
  readonly cutOff: Looked<readonly CutOff[]>
  /** Restores whose earlier data files are still on the volume. */
  readonly keptFiles: Looked<readonly KeptFiles[]>
  readonly lock: Looked<LockFacts>
}

/** A job that is scheduled, and how it went. Times are RFC 3339 UTC. */
export interface ScheduledJobSeen {
  readonly job: string
  /** `inactive`: written down, but not in service. */
  readonly state: 'installed' | 'outdated' | 'edited' | 'inactive' | 'absent'
  readonly randomDelaySeconds?: number
  readonly installedAt?: string
  /** When it should have run last, and when it runs next. */
  readonly due?: string
  readonly next: readonly string[]
  readonly last?: RunSeen
  /** The newest that succeeded. */
  readonly lastDone?: RunSeen
}

/** A scheduled run, as far as judging it takes. */
interface RunSeen {
  readonly startedAt: string
  readonly outcome: 'done' | 'failed' | 'running' | 'cut off'
  readonly failure?: { readonly code: string; readonly message: string }
}

/** What the machine's scheduler knows of this stack. */
export interface ScheduleSeen {
  /** Who runs the jobs; null where nobody does. */
  readonly scheduler: 'cron' | 'systemd' | null
  readonly jobs: readonly ScheduledJobSeen[]
  /** Texts by which jobs run a second time. */
  readonly doubled: readonly string[]
}

/** Everything that was seen: plain data, without secrets, enough to judge by. */
export interface Evidence {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly engine: Looked<EngineFacts>
  /** The file that the engine listens at; absent where it is none of this machine. */
  readonly engineSocket?: Looked<PathFacts>
  readonly compose: Looked<string>
  readonly stateFolder: Looked<FolderFacts>
  readonly configuration: Looked<ConfigurationFacts>
  /** Absent without a configuration. */
  readonly configurationFile?: FileEvidence
  /** Absent where no stack is configured. */
  readonly stack?: {
    readonly project: Looked<StackFacts>
    /** Of the services that are no target's server. */
    readonly images: Looked<readonly ImageFacts[]>
    readonly environmentFile: FileEvidence
  }
  /** The places that backups are copied to. */
  readonly places: readonly PlaceEvidence[]
  /** Absent where nothing is scheduled. */
  readonly schedule?: Looked<ScheduleSeen>
  readonly targets: readonly TargetEvidence[]
}
