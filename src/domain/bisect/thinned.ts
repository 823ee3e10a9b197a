/**
 * Keeps some of what comes, at most so many, evenly over all that came: whenever there are too many, every other one goes, and
 * from then on only each second, fourth, … is taken.
 */
export class Thinned<Item> {
  #kept: Item[] = []
  #every = 1
  #seen = 0

  /** @param most at least 2 */
  constructor(private readonly most: number) {}

  add(item: Item): void {
    if (this.#seen++ % this.#every !== 0) return
    this.#kept.push(item)
    if (this.#kept.length <= this.most) return
    this.#kept = this.#kept.filter((_, at) => at % 2 === 0)
    this.#every *= 2
  }

  get items(): readonly Item[] {
    return this.#kept
  }

  /** Whether nothing was left out. */
  get isAll(): boolean {
    return this.#every === 1
  }
}
