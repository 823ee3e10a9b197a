import type { DocumentBounds } from '../../domain/catalogue.js'
import { splitNamespace } from '../oplog/command.js'

/** How many documents a namespace has: those of one that the base holds (if any), and what came to it and went since. */
interface Count {
  readonly of: string | undefined
  less: number
  more: number
}

/**
 * Follows how many documents each namespace has, by the names they are stored under. What a base's own oplog inserts may
 * have been in the base already, and what it deletes may not: so long, a count is known within bounds. After the end of
 * the base, and for whatever was made anew, each operation counts.
 */
export class DocumentCounts {
  readonly #counts = new Map<string, Count>()
  #isBase = true

  /** What comes from now on was written after the base. */
  baseEnded(): void {
    this.#isBase = false
  }

  /** A write of one document, `i`, `u` or `d`. */
  written(operation: string, namespace: string): void {
    if (operation === 'u' && !this.#isBase) return
    const count = this.#of(namespace)
    const isSure = !this.#isBase || count.of === undefined
    if (operation === 'd') {
      count.less++
      if (isSure) count.more--
    } else if (operation === 'i') {
      count.more++
      if (isSure) count.less--
    } else if (!isSure) count.more++
  }

  /** What is made while the base is taken may be in the base as well: then that is what it holds. */
  created(namespace: string): void {
    if (!this.#isBase) this.#counts.set(namespace, none())
  }

  dropped(namespace: string): void {
    this.#counts.set(namespace, none())
  }

  databaseDropped(database: string, known: Iterable<string>): void {
    for (const name of [...known, ...this.#counts.keys()]) {
      if (splitNamespace(name)[0] === database) this.dropped(name)
    }
  }

  renamed(from: string, to: string): void {
    this.#counts.set(to, this.#of(from))
    this.#counts.set(from, none())
  }

  /** How many documents a namespace has, given those that the base has by name. */
  boundsOf(namespace: string, base: ReadonlyMap<string, number>): DocumentBounds {
    const { of, less, more } = this.#of(namespace)
    const held = of === undefined ? 0 : (base.get(of) ?? 0)
    return { least: Math.max(0, held - less), most: Math.max(0, held + more) }
  }

  #of(namespace: string): Count {
    const known = this.#counts.get(namespace)
    if (known) return known
    const first = { of: namespace, less: 0, more: 0 }
    this.#counts.set(namespace, first)
    return first
  }
}

function none(): Count {
  return { of: undefined, less: 0, more: 0 }
}
