import type { Trust } from '../domain/trust.js'
import { paintState } from './backupRow.js'
import type { Canvas } from './canvas.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'

/** What is drawn of a judgement. */
export interface VerifyRow {
  readonly id: string | null
  readonly path: string
  readonly trust: Trust
  readonly says: string
  readonly byte?: number
  readonly seconds: number
}

/** Each archive with its judgement; a damaged one with the byte where it broke. */
export function backupVerifyScreen(
  { backups }: { readonly backups: readonly VerifyRow[] },
  canvas: Canvas,
): string {
  if (backups.length === 0) return 'There is no backup to verify.  ops backup takes one.'
  const painted = paintState(canvas)
  return backups
    .map(({ id, path, trust, says, seconds }) => {
      return `${painted(trust, trust)}  ${visible(id ?? path)}  ${duration(seconds)}\n  ${visible(says)}`
    })
    .join('\n')
}
