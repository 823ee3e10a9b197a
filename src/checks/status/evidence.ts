import type { Discarded } from '../../domain/discarded.js'
import type { Finding } from '../../domain/finding.js'
import type { Forecast } from '../../domain/forecast.js'
import type { BackupDay } from '../../domain/backupDays.js'
import type { Protection } from '../../domain/protection.js'
import type { Filling } from '../../domain/samples/filling.js'
import type { UseSeen } from '../../domain/samples/use.js'
import type { CatalogFacts, CutOff, Looked, ScheduleSeen } from '../doctor/evidence.js'

/** A container of the stack, or a service that has none. */
export interface ServiceSeen {
  readonly service: string
  readonly container: string | null
  /** A job runs once and ends. */
  readonly role: 'service' | 'job'
  /** As the engine has it; `absent` without a container. */
  readonly state: string
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null
  readonly exitCode: number | null
  /** RFC 3339 UTC; null for one that never started. */
  readonly startedAt: string | null
  readonly restarts: number
  /** What it uses; null where it does not run, or that could not be looked at. */
  readonly use: Omit<UseSeen, 'service' | 'container'> | null
}

/** What a server says of itself. */
export interface ServerState {
  readonly version: string
  readonly primary: boolean
}

/** What is left of a target after a disaster. */
export interface Left {
  /** The newest state that could be brought back; null where none could. */
  readonly newest: Protection | null
  /** What was written since and would be lost; null where there is nothing to count from, and on a standalone. */
  readonly lost: Looked<Discarded | null>
}

/** What one place, or the shelf, could bring back; null for nothing. */
export type Held = Looked<Protection | null>

/** What one place for copies could bring back. */
export interface PlaceHeld {
  readonly name: string
  readonly held: Held
  /** Whether the newest good backup of the shelf is there whole; absent where that is not known, or there is none. */
  readonly holdsNewest?: boolean
}

/** Backups on the shelf. */
export interface ShelfSeen extends CatalogFacts {
  /** Databases that the target names, and that no good backup holds. */
  readonly unheld: readonly string[]
  /** What was taken on each of the last days, today the last. */
  readonly days: readonly BackupDay[]
}

/** Everything that one target is judged by. */
export interface StatusTarget {
  readonly name: string
  /** Whether slices are to be taken. */
  readonly pointInTime: boolean
  readonly server: Looked<ServerState>
  readonly catalog: Looked<ShelfSeen>
  readonly shelf: Held
  /** By their names, in the order of the configuration. */
  readonly places: readonly PlaceHeld[]
  /** Were its server lost now: the shelf and the places stay. */
  readonly withoutServer: Left
  /** Were this machine lost now: the places stay. */
  readonly withoutHost: Left
  /** How long bringing it back would take; null where that was never measured. */
  readonly recovery: Looked<Forecast | null>
  /** What is not as it should be with its slices; absent where none are taken. */
  readonly slices?: Looked<readonly Finding[]>
  readonly cutOff: Looked<readonly CutOff[]>
}

/** The room on the shelf, and what the next backups of all targets need, in bytes. */
export interface Room {
  readonly freeBytes: number
  readonly neededBytes: number
  /** When it will be full, by the looks before. */
  readonly filling: Filling
}

/** What was promised, in seconds. */
export interface Promised {
  readonly rtoSeconds: number
  readonly rpoSeconds: number
  readonly backupAgeSeconds: number
}

/** Everything that a status is judged by. Times are RFC 3339 UTC. */
export interface StatusEvidence {
  readonly at: string
  readonly promised: Promised
  /** Absent where the configuration names no compose project. */
  readonly services?: Looked<readonly ServiceSeen[]>
  readonly targets: readonly StatusTarget[]
  /** Path of the shelf. */
  readonly shelf: string
  readonly room: Looked<Room>
  /** Absent where nothing is scheduled. */
  readonly schedule?: Looked<ScheduleSeen>
}
