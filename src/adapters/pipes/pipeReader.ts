import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net'

/** Bytes of a block. Fewer, larger parts cost fewer turns of everything behind them. */
const blockBytes = 4 * 1024 * 1024

/** Milliseconds after which a block that does not fill up is handed on as it is. */
const patience = 250

/**
 * Reads a pipe, opened without blocking, into a few blocks of memory that are used over and over. Nothing of it waits in
 * a thread: a pipe into which nobody ever writes holds up neither a read nor the end of the process.
 */
export class PipeReader {
  readonly #socket: Socket
  readonly #free: Buffer[] = []
  readonly #full: Buffer[] = []
  #block: Buffer = Buffer.allocUnsafeSlow(blockBytes)
  /** Where the bytes in the block begin that nobody has had, and where they end. */
  #taken = 0
  #filled = 0
  #paused = false
  #ended = false
  #error: Error | undefined
  #wake: () => void = () => undefined

  /** Takes the descriptor over. */
  constructor(descriptor: number) {
    const onread: OnReadOpts = {
      buffer: () => this.#block.subarray(this.#filled),
      callback: (bytes, memory) => this.#take(bytes, memory),
    }
    const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
      fd: descriptor,
      readable: true,
      writable: false,
      onread,
    }
    this.#socket = new Socket(options)
    this.#socket.on('error', (error) => {
      this.#error = error
      this.#end()
    })
    this.#socket.on('end', () => {
      this.#end()
    })
    this.#socket.on('close', () => {
      this.#end()
    })
  }

  /** The first bytes; fewer where the pipe ends before. To be called before `blocks`. */
  async first(count: number): Promise<Buffer> {
    while (this.#filled < count && this.#full.length === 0 && !this.#ended) await this.#more()
    const from = this.#full[0] ?? this.#block.subarray(0, this.#filled)
    const bytes = Buffer.from(from.subarray(0, count))
    if (this.#full[0]) this.#full[0] = this.#full[0].subarray(count)
    else this.#taken = bytes.length
    return bytes
  }

  /** The rest, in blocks that are valid until the next one is asked for. Throws what reading throws. */
  async *blocks(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const block = await this.#next()
      if (!block) return
      yield block
      this.#free.push(Buffer.from(block.buffer))
    }
  }

  /** Reads no more; `blocks` ends. */
  destroy(): void {
    this.#socket.destroy()
  }

  async #next(): Promise<Buffer | undefined> {
    const deadline = performance.now() + patience
    for (;;) {
      const full = this.#full.shift()
      if (full) {
        this.#resume()
        return full
      }
      const some = this.#filled > this.#taken
      if (some && (this.#ended || performance.now() >= deadline)) return this.#cut()
      if (this.#error) throw this.#error
      if (this.#ended) return undefined
      await this.#more(some ? deadline - performance.now() : patience)
    }
  }

  /** Returns false where reading is to pause. */
  #take(bytes: number, memory: Uint8Array): boolean {
    // The memory of a read is chosen when the one before it ends: a block cut off since then is no longer ours to fill.
    if (memory.buffer !== this.#block.buffer)
      this.#block.set(memory.subarray(0, bytes), this.#filled)
    this.#filled += bytes
    if (this.#filled === this.#block.length) this.#full.push(this.#cut())
    this.#paused = this.#full.length > 1
    this.#wake()
    return !this.#paused
  }

  /** What is in the block; another one takes its place. */
  #cut(): Buffer {
    const cut = this.#block.subarray(this.#taken, this.#filled)
    this.#block = this.#free.pop() ?? Buffer.allocUnsafeSlow(blockBytes)
    this.#taken = 0
    this.#filled = 0
    return cut
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  #end(): void {
    this.#ended = true
    this.#wake()
  }

  /** Until something came, or the time is over. */
  #more(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer =
        milliseconds === undefined
          ? undefined
          : setTimeout(() => {
              this.#wake()
            }, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = () => undefined
        resolve()
      }
    })
  }
}
