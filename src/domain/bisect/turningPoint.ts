/** Tells whether a state is dirty: the query that should match nothing matches in it. */
export type IsDirty = (index: number) => Promise<boolean>

/** How a row of states, oldest first, and what is there now went on. */
export type Turn =
  /** Neither the oldest nor the newest state is dirty, nor what is there now. */
  | { readonly kind: 'never' }
  /** The oldest state is dirty already. */
  | { readonly kind: 'always' }
  /** The state `at` is dirty, the one before it is not; `at` is the number of states where only what is there now is dirty. */
  | { readonly kind: 'turned'; readonly at: number }

/**
 * Finds an index that is dirty right behind one that is not, between a clean one and a dirty one. Asks for at most
 * ⌈log2(dirty − clean)⌉ states, never for the two ends. Where states turned more than once, it finds one of the turns to dirty.
 */
export async function turningPoint(
  clean: number,
  dirty: number,
  isDirty: IsDirty,
): Promise<number> {
  let [low, high] = [clean, dirty]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (await isDirty(middle)) high = middle
    else low = middle
  }
  return high
}

/**
 * Looks at both ends of `count` states (at least one), then in between: at most ⌈log2 count⌉ + 2 of them. What was dirty in
 * between, and clean again at both ends, is not found.
 */
export async function turnOf(count: number, isDirty: IsDirty, isDirtyNow: boolean): Promise<Turn> {
  if (await isDirty(0)) return { kind: 'always' }
  if (count > 1 && (await isDirty(count - 1)))
    return { kind: 'turned', at: await turningPoint(0, count - 1, isDirty) }
  return isDirtyNow ? { kind: 'turned', at: count } : { kind: 'never' }
}
