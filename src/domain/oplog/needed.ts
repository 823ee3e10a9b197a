import { isAfter } from './optime.js'
import type { History } from './timelines.js'

/**
 * Ids of the bases without which slices of the time since `since` could not be restored to. Of each row of slices that
 * reaches beyond it: the newest base at or before `since`, and where there is none, the first one after it; and the next base after each
 * operation that is refused. Give it `runsEverTaken`: a damaged slice makes no base less needed.
 */
export function neededBases({ runs }: Pick<History, 'runs'>, since: Date): ReadonlySet<string> {
  // All of that second.
  const moment = { seconds: Math.floor(since.getTime() / 1000), ordinal: 0xffff_ffff }
  return new Set(
    runs.flatMap(({ end, bases, slices }) => {
      if (!isAfter(end, moment)) return []
      const base = bases.findLast(({ last }) => !isAfter(last.at, moment)) ?? bases[0]
      if (!base) return []
      // What is refused is passed only with a base that was begun after it.
      const beyond = slices
        .flatMap(({ refusals = [] }) => refusals)
        .filter(({ at }) => isAfter(at, base.first))
        .flatMap(({ at, last = at }) => bases.find(({ first }) => !isAfter(last, first)) ?? [])
      return [base.id, ...beyond.map(({ id }) => id)]
    }),
  )
}
