/** A line as compose prints it. */
export interface PrintedLine {
  /** The container that wrote it, with all that stands before its text: `api-1  | `. */
  readonly who: string
  /** As the engine has it, UTC, always nine digits of a second, so that text order is time order; only where it was asked for. */
  readonly at?: string
  readonly text: string
}

/** `name  | 2026-11-21T13:00:00.123456789Z text`, as `compose logs` prints it, with the time or without. */
const printed = /^(\S+\s*\| )(?:(\d{4}-\d\d-\d\dT[\d:.]+Z) ?)?(.*)$/s

/** Takes a line apart; nothing where it has no name before it. */
export function printedLine(line: string): PrintedLine | undefined {
  const [, who, at, text] = printed.exec(line) ?? []
  if (who === undefined || text === undefined) return undefined
  return { who, text, ...(at === undefined ? {} : { at }) }
}
