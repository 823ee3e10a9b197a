import { scrub } from '../scrub.js'
import { withoutDocuments } from '../withoutDocuments.js'
import type { LogLevel } from './level.js'

/** What an entry may say besides when, how bad, and of which run. Names and numbers; texts are cleaned when they are written. */
export interface LogFacts {
  readonly target?: string
  /** Title of a step. */
  readonly step?: string
  readonly message?: string
  readonly milliseconds?: number
  readonly exitCode?: number
  /** Stable code of a failure. */
  readonly code?: string
  readonly receipt?: string
  readonly stack?: string
  readonly pid?: number
  readonly user?: string
  readonly version?: string
}

/** One line of ops's own log. */
export interface LogEntry extends LogFacts {
  /** RFC 3339 UTC. */
  readonly time: string
  readonly level: LogLevel
  /** Tells the entries of one run from those of another. */
  readonly run: string
  /** As it is typed, without `ops`, flags and arguments: those may name a patient. */
  readonly command: string
  readonly event: string
}

/** Bytes of a line at most: what is appended in one call of that size is never mixed with what another process appends. */
export const longestLine = 4096

/** Characters below which a text is not shortened any more. */
const shortest = 16

/**
 * An entry as one line, its line break included, at most `longestLine` bytes: long texts are cut. Texts lose the passwords of
 * addresses, secret keys and quoted documents.
 */
export function logLine(entry: LogEntry): string {
  for (let most = longestLine / 2; ; most = Math.floor(most / 2)) {
    const line = `${JSON.stringify(cleaned(entry, most))}\n`
    if (new TextEncoder().encode(line).length <= longestLine || most < shortest) return line
  }
}

function cleaned(entry: LogEntry, most: number): object {
  return Object.fromEntries(
    Object.entries(entry as unknown as Readonly<Record<string, unknown>>).map(([name, value]) => [
      name,
      typeof value === 'string' ? shortened(withoutDocuments(scrub(value)), most) : value,
    ]),
  )
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`
}
