import type { Trust } from '../domain/trust.js'
import { paintState } from './backupRow.js'
import type { Canvas } from './canvas.js'
import { bytes, counted } from './format/bytes.js'
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

/** What is drawn of the judgement on slices. */
export interface VerifySlicesRow {
  readonly target: string
  readonly slices: number
  readonly bytes: number
  readonly damaged: readonly { readonly id: string; readonly because: string }[]
  readonly mended: readonly { readonly id: string; readonly from: string }[]
  readonly seconds: number
}

/** Each archive with its judgement; a damaged one with the byte where it broke. Then the slices of each target. */
export function backupVerifyScreen(
  {
    backups,
    slices,
  }: { readonly backups: readonly VerifyRow[]; readonly slices: readonly VerifySlicesRow[] },
  canvas: Canvas,
): string {
  if (backups.length + slices.length === 0)
    return 'There is no backup to verify.  ops backup takes one.'
  const painted = paintState(canvas)
  return [
    ...backups.map(({ id, path, trust, says, seconds }) => {
      return `${painted(trust, trust)}  ${visible(id ?? path)}  ${duration(seconds)}\n  ${visible(says)}`
    }),
    ...slices.flatMap(({ target, slices: count, damaged, mended, seconds, ...row }) => {
      const trust = damaged.length > 0 ? 'damaged' : 'sound'
      return [
        `${painted(trust, trust)}  slices of ${visible(target)}  ${duration(seconds)}\n  ${counted(count, 'slice')}, ${bytes(row.bytes)}, read to their ends`,
        ...damaged.map(({ id, because }) => `  ${visible(id)}: ${visible(because)}`),
        ...mended.map(({ id, from }) => `  ${visible(id)}: brought anew from ${visible(from)}`),
      ]
    }),
  ].join('\n')
}
