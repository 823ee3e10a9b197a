/**
 * Works at several items of a source at the same time and yields the results in the order of the items. While the oldest
 * result is waited for, `workers` more are under way at most; nothing starts until the first is asked for.
 */
export async function* inOrder<Item, Result>(
  source: AsyncIterable<Item>,
  workers: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  const underWay: Promise<Result>[] = []
  for await (const item of source) {
    const result = work(item)
    // Whoever awaits it hears of a failure; when nobody does any more, it is no crash.
    result.catch(() => undefined)
    underWay.push(result)
    const oldest = underWay.length > workers ? underWay.shift() : undefined
    if (oldest) yield await oldest
  }
  for (const result of underWay) yield await result
}
