/** Writes or documents that were not played back, for one reason. */
export interface ReplayConflict {
  readonly because: string
  readonly count: number
  /** Some of their ids, Extended JSON. Nothing else of a document is ever shown. */
  readonly ids: readonly string[]
}

/** What becomes of the writes to one collection. */
export interface ReplayCount {
  readonly namespace: string
  readonly inserts: number
  readonly updates: number
  readonly deletes: number
  /** Writes that an earlier run played back. */
  readonly alreadyThere: number
  /** Writes that are not wanted. */
  readonly leftOut: number
  readonly conflicts: readonly ReplayConflict[]
}

/** What stands out among the writes, and what becomes of it. */
export interface Outstanding {
  /** From 1 on, as `--without` takes it. */
  readonly number: number
  readonly words: string
  readonly isPlayed: boolean
}

/** What becomes of the writes to a collection, in words. */
export function countWords(count: ReplayCount): string {
  const { inserts, updates, deletes, alreadyThere, leftOut } = count
  const conflicting = conflictsIn([count])
  const parts = [
    [inserts, 'inserts'],
    [updates, 'updates'],
    [deletes, 'deletes'],
    [alreadyThere, 'played back already'],
    [leftOut, 'left out'],
    [conflicting, 'in conflict'],
  ] as const
  return (
    parts
      .filter(([number]) => number > 0)
      .map(([number, what]) => `${number.toString()} ${what}`)
      .join(', ') || 'nothing'
  )
}

/** Why writes are not played back, with some of the ids. */
export function conflictWords({ because, count, ids }: ReplayConflict): string {
  const some = `${ids.join(', ')}${count > ids.length ? ' …' : ''}`
  return `${count.toString()} not played back: ${because}; _id ${some}`
}

/** How many conflicts there are together. */
export function conflictsIn(
  counts: readonly { readonly conflicts: readonly ReplayConflict[] }[],
): number {
  return counts.flatMap(({ conflicts }) => conflicts).reduce((total, { count }) => total + count, 0)
}
