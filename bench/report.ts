import { median, type Measured } from './measure.js'

/** One line of the table: two ways to do the same work. */
export interface Row {
  readonly work: string
  /** Median seconds. */
  readonly guide: number
  readonly ops: number
  /** Median of the ratios, pair by pair. */
  readonly ratio: number
  readonly fastest: number
  readonly slowest: number
  /** Highest memory of ops over all runs, in bytes. */
  readonly peakBytes: number
  /** Size of the archive against the guide's. */
  readonly size?: number
}

/** Reduces the runs of two ways to a row. */
export function rowOf(
  work: string,
  { guide, ours }: { readonly guide: readonly Measured[]; readonly ours: readonly Measured[] },
  sizes?: { readonly guide: number; readonly ours: number },
): Row {
  const ratios = ours.map(({ seconds }, pair) => seconds / (guide[pair]?.seconds ?? Number.NaN))
  return {
    work,
    guide: median(guide.map(({ seconds }) => seconds)),
    ops: median(ours.map(({ seconds }) => seconds)),
    ratio: median(ratios),
    fastest: Math.min(...ratios),
    slowest: Math.max(...ratios),
    peakBytes: Math.max(...ours.map(({ peakBytes }) => peakBytes)),
    ...(sizes ? { size: sizes.ours / sizes.guide } : {}),
  }
}

/** The rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ work, guide, ops, ratio, fastest, slowest, peakBytes, size }) =>
      `| ${work} | ${guide.toFixed(2)} s | ${ops.toFixed(2)} s | **${ratio.toFixed(2)}** (${fastest.toFixed(2)}–${slowest.toFixed(2)}) | ${Math.round(peakBytes / 1e6).toString()} MB | ${size === undefined ? '' : `${size.toFixed(2)}×`} |`,
  )
  return [
    '| work | the usual way | ops | ratio (min–max) | memory of ops | archive |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}
