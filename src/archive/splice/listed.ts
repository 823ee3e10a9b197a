import { isListed } from '../../domain/oplog/unlisted.js'

/**
 * Knows what a base lists, and what its oplog makes. What its oplog writes to besides was dropped before it was listed:
 * there is nothing that could be written to, and the server would refuse to (see `unlistedNamespaces`).
 */
export class Listed {
  readonly #names = new Set<string>()
  #judges: boolean

  /** @param judges false where it is not known what the base lists: all is taken to be there then */
  constructor(judges: boolean) {
    this.#judges = judges
  }

  /** A namespace of the base that documents are written to, or one that is made. */
  add(namespace: string): void {
    if (this.#judges) this.#names.add(namespace)
  }

  /** Whether there is something to write to. */
  has(namespace: string): boolean {
    return !this.#judges || !isListed(namespace) || this.#names.has(namespace)
  }

  /** The base has ended. What is written later to what is not there is not passed over: something is missing then. */
  baseEnded(): void {
    this.#judges = false
  }
}
