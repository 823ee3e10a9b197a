import type { CopyState } from '../../domain/copy.js'
import type { Forecast } from '../../domain/forecast.js'
import { exposureOf, type Exposure } from '../../domain/protection.js'
import { isAllSeen, seen } from '../doctor/look.js'
import type { Filling } from '../../domain/samples/filling.js'
import type { BackupDay } from '../../domain/backupDays.js'
import type { ScheduleSeen } from '../doctor/evidence.js'
import type { Held, Left, ServiceSeen, StatusEvidence, StatusTarget } from './evidence.js'
import { judgeStatus, type Judgement } from './judge.js'

/** What a disaster would cost now, and what would be brought back; null where nothing could be. */
export interface LiveLoss extends Exposure {
  /** False where nothing was found to bring back, and the shelf or a place could not be looked at. */
  readonly known: boolean
  readonly from: { readonly id: string; readonly kind: string; readonly at: string } | null
}

/** One target in a status. Times are RFC 3339 UTC. */
export interface TargetStatus {
  readonly target: string
  /** The newest good one; null where there is none, or none could be looked for. */
  readonly backup: {
    readonly id: string
    readonly takenAt: string
    readonly trust: string
    readonly copies: readonly CopyState[]
  } | null
  /** The last days, today the last; empty where none could be looked for. */
  readonly days: readonly BackupDay[]
  /** Whether backups could be looked for. */
  readonly backupKnown: boolean
  /** Were its server lost now. */
  readonly rpo: LiveLoss
  /** Were this machine lost now. */
  readonly hostRpo: LiveLoss
  /** Null where it was never measured, or could not be looked at. */
  readonly rto: Forecast | null
}

/** What `ops status` answers. */
export interface Status extends Judgement {
  readonly at: string
  readonly objectives: StatusEvidence['promised']
  /** The worst of the targets, were their servers lost now; null where one would lose everything, or it is not known. */
  readonly rpoSeconds: number | null
  /** The same, were this machine lost. */
  readonly hostRpoSeconds: number | null
  /** The longest of the targets; null where one is not known. */
  readonly predictedRtoSeconds: number | null
  readonly targets: readonly TargetStatus[]
  /** Empty where the configuration names no compose project, or it could not be looked at. */
  readonly services: readonly ServiceSeen[]
  /** Empty where it could not be looked at. */
  readonly disk: readonly {
    readonly path: string
    readonly freeBytes: number
    readonly neededBytes: number
    readonly filling: Filling
  }[]
  /** When each scheduled job runs next. */
  readonly next: readonly { readonly job: string; readonly at: string }[]
  /** Who runs them; null where nobody does, or it could not be looked at. */
  readonly scheduler: ScheduleSeen['scheduler']
}

/** Puts a status together from evidence alone. */
export function statusOf(evidence: StatusEvidence): Status {
  const { at, promised, services, shelf, room, schedule } = evidence
  const targets = evidence.targets.map((target) => targetStatus(target, at))
  const space = seen(room)
  return {
    ...judgeStatus(evidence),
    at,
    objectives: promised,
    rpoSeconds: worst(targets.map(({ rpo }) => rpo.seconds)),
    hostRpoSeconds: worst(targets.map(({ hostRpo }) => hostRpo.seconds)),
    predictedRtoSeconds: worst(targets.map(({ rto }) => rto?.seconds ?? null)),
    targets,
    services: seen(services) ?? [],
    disk: space ? [{ path: shelf, ...space }] : [],
    next: (seen(schedule)?.jobs ?? []).flatMap(({ job, state, next: [first] }) =>
      first === undefined || state === 'absent' || state === 'inactive' ? [] : [{ job, at: first }],
    ),
    scheduler: seen(schedule)?.scheduler ?? null,
  }
}

function targetStatus(target: StatusTarget, at: string): TargetStatus {
  const { name, catalog, recovery, shelf, withoutServer, withoutHost } = target
  const places = target.places.map(({ held }) => held)
  const good = seen(catalog)?.newestGood
  const forecast = seen(recovery)
  return {
    target: name,
    backup: good
      ? { id: good.id, takenAt: good.takenAt, trust: good.trust, copies: good.copies }
      : null,
    days: seen(catalog)?.days ?? [],
    backupKnown: catalog.state === 'seen',
    rpo: liveLoss(withoutServer, [shelf, ...places], at),
    hostRpo: liveLoss(withoutHost, places, at),
    rto: forecast
      ? {
          seconds: Math.round(forecast.seconds),
          spreadSeconds: Math.round(forecast.spreadSeconds),
          measured: forecast.measured,
        }
      : null,
  }
}

function liveLoss({ newest, lost }: Left, looks: readonly Held[], at: string): LiveLoss {
  const from = newest && { id: newest.id, kind: newest.kind, at: newest.at }
  const known = newest !== null || isAllSeen(looks)
  return { ...exposureOf(newest, seen(lost), at), known, from }
}

/** One that is not known is worse than any number. */
function worst(all: readonly (number | null)[]): number | null {
  const known = all.filter((one) => one !== null)
  return known.length < all.length || known.length === 0 ? null : Math.max(...known)
}
