import type { ToolHost, ToolProcess } from './toolHost.js'

/** When each step is taken, in milliseconds after a tool was told to stop. */
export interface Patience {
  /** The second SIGTERM, which MongoDB's tools obey at once. */
  readonly again: number
  readonly kill: number
  /** Its pipes and connections are let go of, whatever became of it. */
  readonly letGo: number
  /** How long its exit code is waited for after that. */
  readonly exitCode: number
}

export const patience: Patience = { again: 5_000, kill: 10_000, letGo: 13_000, exitCode: 2_000 }

/** Ends a tool step by step, so that nobody ever waits for one that does not leave. */
export class Ending {
  /** Resolves when the tool is told to stop. */
  readonly begun: Promise<void>
  /** Resolves when nothing more can be done. */
  readonly givenUp: Promise<void>
  #begin: () => void = () => undefined
  #giveUp: () => void = () => undefined
  #timers: readonly NodeJS.Timeout[] | undefined
  #over = false

  constructor(
    private readonly host: ToolHost,
    private readonly process: ToolProcess,
    /** The number of its process, as soon as it is known. */
    private readonly number: Promise<number>,
    private readonly steps: Patience,
  ) {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve
    })
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve
    })
  }

  /** Tells the tool to stop; only the first call counts. */
  begin(): void {
    if (this.#timers !== undefined) return
    this.process.stdin.end()
    const { again, kill, letGo } = this.steps
    this.#timers = [
      setTimeout(() => {
        this.#send('TERM')
      }, again),
      setTimeout(() => {
        this.#send('KILL')
      }, kill),
      setTimeout(() => {
        this.process.destroy()
        this.#giveUp()
      }, letGo),
    ]
    this.#send('TERM')
    this.#begin()
  }

  /** The tool has left: nothing is sent any more, its number may soon be another's. */
  over(): void {
    this.#over = true
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#over = true
    for (const timer of this.#timers ?? []) clearTimeout(timer)
  }

  #send(signal: 'TERM' | 'KILL'): void {
    const sent = async () => {
      const number = await this.number
      if (!this.#over) await this.host.terminate(number, signal)
    }
    // It may have left meanwhile, or nothing can be run where it is: the next step comes all the same.
    sent().catch(() => undefined)
  }
}
