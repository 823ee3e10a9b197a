/** Documents that are tied together, each known by one of them. */
export class Ties {
  readonly #above = new Map<string, string>()

  /** The one by which all that are tied to a document are known. */
  of(key: string): string {
    let top = key
    for (let above = this.#above.get(top); above !== undefined; above = this.#above.get(top))
      top = above
    // Whoever asks next has not as far to go: chains of transactions may be long.
    let at = key
    while (at !== top) {
      const above = this.#above.get(at) ?? top
      this.#above.set(at, top)
      at = above
    }
    return top
  }

  /** Ties two together, and what is tied to either. */
  tie(one: string, other: string): void {
    const [from, to] = [this.of(other), this.of(one)]
    if (from !== to) this.#above.set(from, to)
  }
}
