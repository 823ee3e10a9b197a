import { operationsOf, type Standalone } from './standalone.js'
import { transactionPart } from './transactions.js'

/** Carries out operations on the server, one after the other. Answers how many: fewer where the next one cannot be sent as it is. */
export type ApplyOperations = (operations: readonly Buffer[]) => Promise<number>

/** A batch is full with so many operations, or bytes: a command to a server takes 16 MiB. */
const full = { operations: 1_000, bytes: 4 * 1024 * 1024 }

/** Bytes of transactions that are not committed yet; what is longer is left to mongorestore. */
const heldMost = 32 * 1024 * 1024

/**
 * What is replayed, in batches: mongorestore sends one operation a command and waits for each. A transaction counts when it is
 * committed, and never where it is not. What cannot be done in this way, and all that comes after it, is handed on for mongorestore
 * to replay, whose way everything is from there on.
 */
export class Batches {
  #waiting: Standalone[] = []
  /** The entries of each transaction that is not committed. */
  readonly #open = new Map<string, Buffer[]>()
  #heldBytes = 0
  #isGivenUp = false

  /** Takes the next entry. Gives it back, or what stands for it, where mongorestore is to replay it. */
  take(entry: Buffer): readonly Buffer[] {
    if (this.#isGivenUp) return [entry]
    const part = transactionPart(entry, 0)
    if (!part) {
      this.#waiting.push(...operationsOf(entry))
      return []
    }
    const before = this.#open.get(part.id) ?? []
    this.#open.delete(part.id)
    this.#heldBytes -= sum(before)
    if (part.then === 'open') {
      const held = [...before, Buffer.from(entry)]
      this.#open.set(part.id, held)
      this.#heldBytes += sum(held)
    } else if (part.then === 'commit') {
      for (const one of [...before, entry]) this.#waiting.push(...operationsOf(one, entry))
    }
    return []
  }

  /**
   * Carries out every full batch; with `all` whatever waits. Gives what mongorestore is to replay from here on. Throws what `apply` throws.
   */
  async settle(apply: ApplyOperations, all: boolean): Promise<readonly Buffer[]> {
    const isTooMuch = this.#heldBytes > heldMost
    for (;;) {
      const batch = this.#next(all || isTooMuch)
      if (!batch) return isTooMuch ? this.#giveUp() : []
      const applied = await apply(batch.map(({ raw }) => raw))
      this.#waiting.splice(0, applied)
      if (applied < batch.length) return this.#giveUp()
    }
  }

  #next(all: boolean): readonly Standalone[] | undefined {
    let bytes = 0
    const waiting = this.#waiting
    for (const [at, { raw, isCommand }] of waiting.entries()) {
      // A command stands alone, and ends what came before it.
      if (isCommand) return waiting.slice(0, Math.max(1, at))
      if (at > 0 && bytes + raw.length > full.bytes) return waiting.slice(0, at)
      bytes += raw.length
      if (at + 1 === full.operations) return waiting.slice(0, at + 1)
    }
    return all && waiting.length > 0 ? [...waiting] : undefined
  }

  /** What is held of transactions, whose ends are still to come, then what waits by itself. */
  #giveUp(): readonly Buffer[] {
    this.#isGivenUp = true
    const left = [...[...this.#open.values()].flat(), ...this.#waiting.map(({ raw }) => raw)]
    this.#waiting = []
    this.#open.clear()
    this.#heldBytes = 0
    return left
  }
}

function sum(entries: readonly Buffer[]): number {
  return entries.reduce((bytes, { length }) => bytes + length, 0)
}
