import { Failure } from '../../../domain/failure.js'
import type { Manifest } from '../../../domain/manifest.js'
import { gapWords } from '../../../domain/oplog/gap.js'
import { optimeText } from '../../../domain/oplog/optime.js'
import type { TakenSlices } from '../../oplog/takeSlices.js'
import { momentOf } from './backupsInOrder.js'

/** `NOTHING_MATCHES` (not-found): neither end of what is there is dirty. */
export function nothingMatches(name: string, backups: readonly Manifest[]): Failure {
  const ends = new Set([backups[0]?.id, backups.at(-1)?.id])
  return new Failure(
    'not-found',
    'NOTHING_MATCHES',
    `the query matches no document of ${name}, neither now nor in ${[...ends].join(', nor in ')}; what matched in between and was put right again is not looked for`,
    ['ops backup list', 'ops dr bisect --collection NS --where QUERY   (another query)'],
  )
}

/** `MATCHED_BEFORE` (not-found): the oldest state there is does not show when it began. */
export function matchedBefore(name: string, oldest: Manifest, count: number): Failure {
  return new Failure(
    'not-found',
    'MATCHED_BEFORE',
    `the query matches ${count.toString()} documents of ${name} in the oldest backup already (${oldest.id}, ${momentOf(oldest)}): it began before that`,
    ['ops backup list', 'ops backup list --from PLACE   (older ones, elsewhere)'],
    { facts: { backup: oldest.id, count } },
  )
}

/** Whether another backup may be asked instead: this one is damaged, of another release, or cannot be cut. */
export function isPassedOver(error: unknown): error is Failure {
  if (!(error instanceof Failure)) return false
  if (error.code === 'OPLOG_CANNOT_SELECT' || error.code === 'SCRATCH_UNFIT') return true
  return error.kind === 'integrity' && error.code !== 'KEY_MISSING' && error.code !== 'KEY_WRONG'
}

/** Whether slices, or the lack of them, are why a stretch cannot be looked into. */
export function isOutOfReach(error: unknown): error is Failure {
  const codes = ['MOMENT_UNREACHABLE', 'SLICES_BROKEN', 'SLICE_DAMAGED', 'SPLICE_CANNOT_REPLAY']
  return error instanceof Failure && codes.includes(error.code)
}

/** Why slices do not go on up to now, and what makes them; nothing where they do. What was written until then they can never tell. */
export function whyStopped({
  gap,
  baseNeeded,
}: Pick<TakenSlices, 'gap' | 'baseNeeded'>): string | undefined {
  const anew = '"ops pitr slice --base" takes a base that slices go on from'
  if (gap)
    return `they ended after entry ${optimeText(gap.after.at)}, for ${gapWords[gap.reason]}; ${anew}, and what lies between stays unknown`
  if (!baseNeeded) return undefined
  switch (baseNeeded.why) {
    case 'no base':
      return `there is no base that slices could continue; ${anew}`
    case 'not reached':
      return `no good base leads to the slices any more; ${anew}`
    case 'refused operation':
      return `${baseNeeded.operation.what} is refused when a moment is restored; ${anew}`
  }
}
