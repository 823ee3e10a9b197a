import type { Expectation } from '../../domain/target.js'
import type { IndexDefinition } from '../../domain/contents.js'
import type { ContainerState } from '../../ports/engine.js'
import type { HeldHistory } from '../../ports/healthHistory.js'
import type { ClockSeen, ContainerMemory, HostMemory } from '../../ports/machineVitals.js'
import type {
  LongOperation,
  ServerCertificate,
  ServerPressure,
  SetMember,
} from '../../ports/serverVitals.js'
import type { Looked, ServerSeen } from '../doctor/evidence.js'
import type { Promised, StatusEvidence } from '../status/evidence.js'
import type { SourceFound } from './source.js'

/** The engine, and the machine that it runs on. */
export interface EngineSeen {
  readonly version: string
  readonly clock: ClockSeen
  readonly memory: HostMemory
}

/** A container of the stack, or a service that has none; without its environment, its command and its log, which hold secrets. */
export interface ContainerSeen {
  readonly service: string
  /** Null where it has none. */
  readonly container: string | null
  /** A job runs once and ends. */
  readonly role: 'service' | 'job'
  readonly state: ContainerState | 'absent'
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null
  readonly exitCode: number
  readonly outOfMemory: boolean
  readonly restarts: number
  /** RFC 3339 UTC; null if it never started. */
  readonly startedAt: string | null
  /** Bytes; 0 means unlimited. */
  readonly memoryLimit: number
  /** Whether its restart policy, or a service that waits for its success, says that it runs once and is done. */
  readonly runsOnce: boolean
  /** Whether it is the server of a target. */
  readonly server: boolean
  readonly image: {
    /** It was made from this. */
    readonly name: string
    readonly id: string
    /** The compose files name this; null where they name none. */
    readonly named: string | null
    /** What that name means on this engine now; null where it has no such image. */
    readonly namedId: string | null
  }
}

/** What became of a small write that changes no data. */
export type WriteSeen =
  | { readonly kind: 'confirmed'; readonly milliseconds: number }
  /** This user lacks the right, or the server has no oplog that could take a note. */
  | { readonly kind: 'not allowed' | 'standalone' | 'not primary' }

/** The server of a target. */
export interface HealthTarget {
  readonly name: string
  /** The service to type; null for a server outside the compose project. */
  readonly service: string | null
  readonly server: Looked<ServerSeen & { readonly milliseconds: number }>
  readonly write: Looked<WriteSeen>
  readonly pressure: Looked<ServerPressure>
  readonly long: Looked<readonly LongOperation[]>
  /** Null on a standalone. */
  readonly oplog: Looked<{ readonly seconds: number; readonly full: boolean } | null>
  /** Null on a standalone. */
  readonly members: Looked<readonly SetMember[] | null>
  /** Of the namespaces that the configuration expects some of. */
  readonly indexes: Looked<
    readonly {
      readonly namespace: string
      readonly expected: NonNullable<Expectation['indexes']>
      readonly found: readonly Pick<IndexDefinition, 'key'>[]
    }[]
  >
  /** Null where it is not spoken to over TLS. */
  readonly certificate: Looked<ServerCertificate | null>
}

/** What the retention should have removed by now, and why it does not. */
export interface RetentionSeen {
  readonly target: string
  /** Whether `ops.yaml` has a retention. */
  readonly configured: boolean
  /** Ids that the retention did not keep any more when the newest backup was taken, and that are still there. */
  readonly overdue: readonly string[]
  /** What speaks against removing them, in words. */
  readonly alarms: readonly string[]
}

/** Everything that health is judged by: plain data, without secrets. A part that nobody asked for is absent. */
export interface HealthEvidence {
  /** RFC 3339 UTC. */
  readonly at: string
  /** Name of the stack. */
  readonly stack: string
  /** Names of its targets, those that were not looked at as well. */
  readonly names: readonly string[]
  readonly promised: Promised
  /** What ids of the checks begin with that somebody asked for; absent where it was all of them. */
  readonly wanted?: readonly string[]
  readonly engine?: Looked<EngineSeen>
  readonly containers?: Looked<readonly ContainerSeen[]>
  readonly memory?: Looked<readonly ContainerMemory[]>
  readonly targets: readonly HealthTarget[]
  /** Backups, what would be lost, and how long a recovery takes. */
  readonly protection?: StatusEvidence
  readonly retention: readonly {
    readonly target: string
    readonly seen: Looked<RetentionSeen>
  }[]
  readonly sources: readonly SourceFound[]
  readonly history: Looked<HeldHistory>
  /** Whether this run could be added to it; absent where it was not to be. */
  readonly recorded?: Looked<true>
}
