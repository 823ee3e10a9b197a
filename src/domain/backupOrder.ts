/** What decides where a backup stands on its shelf. */
export interface Placed {
  readonly id: string
  /** RFC 3339 UTC. */
  readonly takenAt: string
  readonly sequence?: number
}

/**
 * The order in which backups were put on the shelf, newest first. A clock may be set back, a sequence is not: among those
 * that have one it alone decides. Those without one (an older version wrote them) are put between by their time.
 */
export function newestFirst<Thing>(
  things: readonly Thing[],
  placeOf: (thing: Thing) => Placed,
): readonly Thing[] {
  const placed = things.map((thing) => ({ thing, place: placeOf(thing) }))
  const numbered = placed
    .filter(({ place }) => place.sequence !== undefined)
    .toSorted(
      ({ place: one }, { place: other }) =>
        (other.sequence ?? 0) - (one.sequence ?? 0) || byTime(one, other),
    )
  const others = placed
    .filter(({ place }) => place.sequence === undefined)
    .toSorted(({ place: one }, { place: other }) => byTime(one, other))
  const merged: Thing[] = []
  let next = 0
  for (const { thing, place } of numbered) {
    for (
      let other = others[next];
      other && byTime(other.place, place) < 0;
      next += 1, other = others[next]
    )
      merged.push(other.thing)
    merged.push(thing)
  }
  return [...merged, ...others.slice(next).map(({ thing }) => thing)]
}

/** Negative where the first is newer. The id holds a number for backups of the same second. */
function byTime(one: Placed, other: Placed): number {
  if (one.takenAt !== other.takenAt) return one.takenAt < other.takenAt ? 1 : -1
  return one.id < other.id ? 1 : -1
}
