import type { Trouble } from '../containers/trouble.js'
import type { Looked, Rights, ServerSeen } from '../doctor/evidence.js'
import type { DeclaredSymptom } from '../../domain/declaredSymptom.js'
import type { HealthFinding } from '../../domain/health.js'
import type { ComposeService } from '../../ports/compose.js'
import type { ContainerFacts, ContainerUse, EngineFacts } from '../../ports/engine.js'
import type { FoundLock } from '../../ports/locks.js'
import type { Duplicates, LockTaker, RunningOperation, SlowQuery } from '../../ports/operations.js'
import type { Listener, Space } from '../../ports/premises.js'
import type { ServerCertificate } from '../../ports/serverVitals.js'
import type { Trust } from '../../domain/trust.js'

/** A line of a container's log. */
export interface LoggedLine {
  /** RFC 3339 UTC, by the engine. */
  readonly at: string
  readonly text: string
}

/** One container of the stack, or a service without one. */
export interface ServiceSeen {
  readonly service: string
  /** Absent where there is no container. Its environment holds secrets: no evidence line quotes it. */
  readonly facts?: ContainerFacts
  readonly declared?: ComposeService
  /** What is wrong with it; absent where nothing is. Jobs are not judged. */
  readonly trouble?: Trouble
  /** Its last lines, newest last. */
  readonly lines: Looked<readonly LoggedLine[]>
  readonly mongod: boolean
  readonly job: boolean
  /** Target that it is the server of. */
  readonly target?: string
  /** What it uses of its machine; asked for while it runs. */
  readonly use?: Looked<ContainerUse | null>
  /** Its log, where nothing bounds that; null where its file lies on another machine, or this user may not look at it. */
  readonly log?: Looked<LogFile | null>
}

/** A file that the engine logs into, and never begins anew. */
export interface LogFile {
  /** That it takes of its disk. */
  readonly bytes: number
  /** Of the file system that it lies on. */
  readonly space: Space
}

/** Who has a port that a service of the stack is to be published on. */
export type PortOwner =
  { readonly kind: 'container'; readonly name: string } | ({ readonly kind: 'process' } & Listener)

/** A port of the machine that a compose file promises. */
export interface PortSeen {
  readonly service: string
  readonly port: number
  /** Variable that the compose file takes it from, where that is plain to see. */
  readonly variable?: string
  /** Another port that is free on the address where it is to be published, and a variable that nothing else depends on: it can be changed. */
  readonly instead?: { readonly port: number; readonly host: string }
  /** Others that have it. Not seen where ops and engine are on different machines. */
  readonly owners: Looked<readonly PortOwner[]>
}

/** A slow query, and whether its first field is there and has no index. */
export interface SlowSeen extends SlowQuery {
  readonly wantsIndex: boolean
}

/** A collection that was searched for what is there twice. */
export interface DuplicatesSeen extends Duplicates {
  readonly namespace: string
  /** None: everything but `_id` is equal. */
  readonly fields: readonly string[]
  /** Somebody named it, and the fields, in the command. */
  readonly named?: true
  /** Why it was not searched; absent where it was. */
  readonly skipped?: string
  /** What bounded the search, in words; absent where there was none. */
  readonly bound?: string
}

/** What the server of a target is doing. */
export interface ServerTroubles {
  readonly operations: Looked<readonly RunningOperation[]>
  readonly slow: Looked<readonly SlowSeen[]>
  readonly writesLocked: Looked<boolean>
  /** Null where nobody, or the log does not tell. */
  readonly lockTaker: Looked<LockTaker | null>
  /** Of the data files. */
  readonly space: Looked<Space | null>
  readonly cacheBytes: Looked<number | null>
  readonly duplicates: Looked<readonly DuplicatesSeen[]>
}

/** The newest backup, whether it is good or not. */
export interface NewestSeen {
  readonly id: string
  readonly takenAt: string
  readonly trust: Trust
  readonly present: boolean
}

/** The newest good backup, and whether its file was written to after it was last read. */
export interface GoodSeen {
  readonly id: string
  readonly takenAt: string
  readonly changed?: true
}

/** Everything about one target. */
export interface TargetTroubles {
  readonly name: string
  /** Its service in the stack, or the name of its container. */
  readonly service?: string
  readonly pointInTime: boolean
  readonly connection: Looked<true>
  readonly server: Looked<ServerSeen>
  readonly rights: Looked<Rights>
  readonly doing: Looked<ServerTroubles>
  /** Seconds from its oldest entry to its newest; null for a standalone. */
  readonly oplog: Looked<{ readonly seconds: number; readonly whole: boolean } | null>
  readonly locks: Looked<readonly FoundLock[]>
  /** When the newest good backup was taken, RFC 3339 UTC; null where there is none. */
  readonly newestGood: Looked<GoodSeen | null>
  /** Absent where there is none, or the shelf could not be looked at. */
  readonly newest?: NewestSeen
  /** Of its server; null without TLS. */
  readonly certificate?: Looked<ServerCertificate | null>
  /** Bytes free on the shelf and of its file system, and bytes that the next backup needs. */
  readonly shelf: Looked<Space & { readonly neededBytes: number; readonly folder: string }>
}

/** A place for copies, tried. */
export interface PlaceTried {
  readonly name: string
  readonly tried: Looked<true>
  /** Ids of the backups that are there whole, by target; absent where it could not be looked at. */
  readonly holds?: Readonly<Record<string, readonly string[]>>
}

/** Everything that symptoms are told by. */
export interface TroubleEvidence {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly engine: Looked<EngineFacts>
  /** Absent where no stack is configured. */
  readonly services?: Looked<readonly ServiceSeen[]>
  readonly ports: Looked<readonly PortSeen[]>
  /** Memory of the machine that the engine runs on, in bytes. */
  readonly memoryBytes: Looked<number>
  readonly targets: readonly TargetTroubles[]
  readonly places: readonly PlaceTried[]
  /** Symptoms of the operator that are asked about. */
  readonly declared?: readonly DeclaredSymptom[]
  /** What the checks found that those are told by; absent where there are none. */
  readonly checks?: Looked<readonly HealthFinding[]>
  readonly backupAgeSeconds: number
  /** Seconds of oplog in a slice. */
  readonly everySeconds: number
}
