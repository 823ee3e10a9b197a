import type { Drill } from '../domain/drill.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A drill, where it is kept, and the one before it. */
export type DrillShown = Drill & { readonly file?: string; readonly previous?: Drill }

/** Drills in the order in which they were carried out. */
export interface DrillSummary {
  readonly drills: readonly DrillShown[]
}

/** What drills measured, each against what was promised, what the guides allow, and the drill before. */
export function drillsScreen({ drills }: DrillSummary, canvas: Canvas): string {
  return drills.map((drill) => drillScreen(drill, canvas)).join('\n')
}

function drillScreen(drill: DrillShown, canvas: Canvas): string {
  const { good, bad } = paint(canvas)
  const { scenario, rtoSeconds, rpoSeconds, lostOperations, missed, strikes, previous } = drill
  if (rtoSeconds === null || rpoSeconds === null || lostOperations === null)
    return `${bad('✗')} ${scenario}: the recovery FAILED: ${visible(drill.error?.message ?? '')}`
  const { objectives, guideSeconds, backup } = drill
  const mark = missed.length > 0 ? bad('✗') : good('✔')
  const held = (kept: boolean, text: string) => (kept ? text : bad(`${text}: MISSED`))
  const rto = held(
    !missed.includes('rto'),
    `RTO ${duration(rtoSeconds)} (objective ${duration(objectives.rtoSeconds)}, guide ${duration(guideSeconds)}${rtoSeconds > guideSeconds ? ', exceeded' : ''})`,
  )
  const rpo = held(
    !missed.includes('rpo'),
    `RPO ${duration(rpoSeconds)} (objective ${duration(objectives.rpoSeconds)})`,
  )
  return [
    `${mark} ${scenario}  ${rto}`,
    `    ${rpo}: ${count(lostOperations)} of ${count(writesOf(drill))} confirmed writes lost`,
    ...strikes.map(
      (strike) =>
        `    ${visible(strike.what)}: back in ${duration(strike.rtoSeconds)}, ${count(strike.lostOperations)} of ${count(strike.operations)} writes lost`,
    ),
    ...(previous
      ? [`    before, ${previous.startedAt.slice(0, 10)}: ${comparedText(previous)}`]
      : []),
    `    from ${visible(backup ?? 'no backup')}${drill.proof === undefined ? '' : `; ${drill.proof}`}`,
    ...(drill.file === undefined ? [] : [`    kept in ${visible(drill.file)}`]),
  ].join('\n')
}

/** Confirmed writes of all strikes. */
export function writesOf({ strikes }: Pick<Drill, 'strikes'>): number {
  return strikes.reduce((sum, { operations }) => sum + operations, 0)
}

/** An earlier drill in one line. */
export function comparedText({ rtoSeconds, rpoSeconds }: Drill): string {
  return `RTO ${duration(rtoSeconds ?? 0)}, RPO ${duration(rpoSeconds ?? 0)}`
}
