import type { Receipt } from '../../domain/receipt.js'
import type { Trust } from '../../domain/trust.js'
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

/** A target's container, without its environment: that holds secrets. */
export type ContainerSeen = Pick<
  ContainerFacts,
  'name' | 'service' | 'state' | 'health' | 'exitCode' | 'oomKilled' | 'image' | 'ports'
>

/** The tools that would run, and where. */
export interface ToolFacts extends ToolVersions {
  readonly engine: string
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
}

/** What a shelf holds; safety backups left aside. */
export interface CatalogFacts {
  readonly count: number
  readonly newest?: BackupSeen
  readonly newestGood?: BackupSeen
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** A procedure that was cut off half-way. */
export type CutOff = Pick<Receipt, 'id' | 'command' | 'title' | 'startedAt'>

/** Data files that a restore put aside. */
export type KeptFiles = Pick<Receipt, 'title' | 'startedAt'> & { readonly folder: string }

/** Who holds a lock; `gone` is absent where the holder runs on another machine. */
export interface LockFacts {
  readonly owner?: LockOwner
  readonly gone?: boolean
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
  readonly shelf: Looked<FolderFacts>
  readonly freeBytes: Looked<number>
  /** File systems of the database's own bind mounts, where the engine runs on this machine. */
  readonly dataDevices: Looked<readonly number[]>
  readonly catalog: Looked<CatalogFacts>
  /** Seconds that the newest good backup may be old. */
  readonly backupAgeSeconds: number
  readonly cutOff: Looked<readonly CutOff[]>
  /** Restores whose earlier data files are still on the volume. */
  readonly keptFiles: Looked<readonly KeptFiles[]>
  readonly lock: Looked<LockFacts>
}

/** Everything that was seen: plain data, without secrets, enough to judge by. */
export interface Evidence {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly engine: Looked<EngineFacts>
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
  readonly targets: readonly TargetEvidence[]
}
