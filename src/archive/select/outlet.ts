/** Below this, copying a piece costs less than handing it on by itself. */
const small = 16 * 1024

/** Gathers pieces to be passed on: small ones are copied together, large ones stay where they are. */
export class Outlet {
  #ready: Buffer[] = []
  #small: Buffer[] = []

  push(bytes: Buffer): void {
    if (bytes.length < small) {
      this.#small.push(Buffer.from(bytes))
      return
    }
    this.#gather()
    this.#ready.push(bytes)
  }

  /** Everything pushed since the last time, in order. */
  take(): readonly Buffer[] {
    this.#gather()
    const taken = this.#ready
    this.#ready = []
    return taken
  }

  #gather(): void {
    if (this.#small.length === 0) return
    this.#ready.push(Buffer.concat(this.#small))
    this.#small = []
  }
}
