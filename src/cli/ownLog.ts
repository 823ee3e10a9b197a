import { logLine, type LogEntry, type LogFacts } from '../domain/ownLog/entry.js'
import { isLogged, type LogLevel } from '../domain/ownLog/level.js'
import type { Lines } from '../ports/lines.js'

/** Notes what a run does. */
export interface OwnLog {
  /** Notes something. Never throws, and nobody waits for it. */
  note(level: LogLevel, event: string, facts?: LogFacts): void
}

/** Whose log it is, and the clocks. */
interface LoggedRun {
  readonly run: string
  readonly command: string
  readonly now: () => Date
}

/** Where the entries of a run are. */
export interface LogPlace {
  readonly file: string
  readonly run: string
}

/** Entries that wait for a disk that does not take them: beyond that the oldest go. */
const mostWaiting = 1000

/**
 * The log of one run. Until it is known where it lies (`open`), entries are kept in memory; from then on they are written in
 * the background, in their order, one after the other. What cannot be written is given up: the log is never a reason for
 * a command to fail, or to wait.
 */
export class RunLog implements OwnLog {
  readonly #run: LoggedRun
  #waiting: LogEntry[] = []
  #level: LogLevel = 'info'
  #lines: Lines | undefined
  #writing: Promise<void> = Promise.resolve()
  #busy = false
  #trouble: string | undefined
  #ended = false
  #path: string | undefined

  constructor(run: LoggedRun) {
    this.#run = run
  }

  /** What went wrong with writing it, if something did. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** The file it is written to, once that is known. */
  get path(): string | undefined {
    return this.#path
  }

  /** Where its entries are to be found, and by what; nothing where they are not written. */
  get place(): LogPlace | undefined {
    if (this.#path === undefined || this.#trouble !== undefined) return undefined
    return { file: this.#path, run: this.#run.run }
  }

  note(level: LogLevel, event: string, facts: LogFacts = {}): void {
    const { run, command, now } = this.#run
    const time = now().toISOString()
    this.#waiting.push({ time, level, run, command, event, ...facts })
    if (this.#waiting.length > mostWaiting) this.#waiting.shift()
    this.#write()
  }

  /** How the run ended: said once, the first time. */
  end(level: LogLevel, facts: LogFacts): void {
    if (this.#ended) return
    this.#ended = true
    this.note(level, 'end', facts)
  }

  /** From now on it is written there: entries of that level and worse. */
  open(path: string, lines: Lines, level: LogLevel): void {
    this.#path = path
    this.#level = level
    this.#lines = lines
    this.#write()
  }

  /** Resolves when everything noted so far is written, or given up. */
  async written(): Promise<void> {
    await this.#writing
  }

  #write(): void {
    if (!this.#lines || this.#busy) return
    this.#busy = true
    this.#writing = this.#writeOut(this.#lines)
  }

  async #writeOut(lines: Lines): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const entries = this.#waiting
        this.#waiting = []
        const wanted = entries.filter(({ level }) => isLogged(level, this.#level))
        for (const entry of wanted) await lines.add(logLine(entry))
      }
    } catch (error) {
      this.#trouble ??= error instanceof Error ? error.message : String(error)
      this.#waiting = []
    } finally {
      this.#busy = false
    }
  }
}
