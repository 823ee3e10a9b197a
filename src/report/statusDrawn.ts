import type { BackupDay } from '../domain/backupDays.js'
import type { Forecast } from '../domain/forecast.js'
import type { Filling } from '../domain/samples/filling.js'
import type { UsePoint } from '../domain/samples/use.js'

/** What a disaster would cost, as it is drawn. */
export interface DrawnLoss {
  readonly known: boolean
  readonly seconds: number | null
  readonly operations: number | null
  readonly isMinimum: boolean
}

/** A status as it is drawn. */
export interface DrawnStatus {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: number
  readonly problems: readonly {
    readonly severity: 'ok' | 'warn' | 'fail' | 'unknown'
    readonly says: string
    readonly because: string
    readonly next: readonly string[]
    readonly target?: string
  }[]
  /** The worst of the targets. */
  readonly rpoSeconds: number | null
  readonly predictedRtoSeconds: number | null
  readonly objectives: { readonly rpoSeconds: number; readonly rtoSeconds: number }
  readonly targets: readonly {
    readonly target: string
    readonly backup: {
      readonly takenAt: string
      readonly trust: string
      readonly copies: readonly { readonly to: string; readonly state: string }[]
    } | null
    readonly backupKnown: boolean
    readonly days: readonly BackupDay[]
    readonly rpo: DrawnLoss
    readonly hostRpo: DrawnLoss
    readonly rto: Forecast | null
  }[]
  readonly services: readonly DrawnService[]
  readonly disk: readonly {
    readonly path: string
    readonly freeBytes: number
    readonly neededBytes: number
    readonly filling: Filling
  }[]
  readonly next: readonly { readonly job: string; readonly at: string }[]
  readonly scheduler: string | null
}

/** A service, or a job, as it is drawn. */
export interface DrawnService {
  readonly service: string
  readonly role: 'service' | 'job'
  readonly state: string
  readonly health: string | null
  readonly exitCode: number | null
  readonly startedAt: string | null
  readonly restarts: number
  readonly use: {
    readonly cpuPercent: number | null
    readonly memoryBytes: number
    readonly memoryLimitBytes: number
    readonly trend: readonly UsePoint[]
  } | null
}
