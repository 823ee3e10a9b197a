import { LogReader } from '../domain/logs/entry.js'
import { isAtLeast, levels, type Level } from '../domain/logs/level.js'
import { pattern, type LogRequest } from '../procedures/stack/logs.js'
import { since } from './since.js'

/** Flags of `stack logs`. */
export interface LogFlags {
  readonly follow: boolean
  readonly since?: string | undefined
  readonly grep?: string | undefined
  readonly level?: string | undefined
  readonly tail?: number | undefined
}

const usualTail = 200

/** Which lines the flags ask for. Throws `TIME_INVALID` and `PATTERN_INVALID` (usage). */
export function logRequest(names: readonly string[], flags: LogFlags): LogRequest {
  const tail = flags.tail ?? (flags.since === undefined ? usualTail : undefined)
  return asked(names, { ...flags, tail })
}

/** The same for lines that are grouped: all that can be searched, unless fewer are asked for. Throws the same. */
export function groupRequest(
  names: readonly string[],
  flags: Omit<LogFlags, 'follow'>,
): LogRequest {
  return { wanted: () => true, ...asked(names, { ...flags, follow: false }) }
}

function asked(names: readonly string[], flags: LogFlags): LogRequest {
  const { follow, tail } = flags
  const wanted = isWanted(flags)
  return {
    names,
    follow,
    ...(flags.since === undefined ? {} : { since: since(flags.since) }),
    ...(wanted ? { wanted } : {}),
    ...(tail === undefined ? {} : { tail }),
  }
}

/** Tells lines that the flags ask for from others; nothing where they ask for all. Asked for each line once, in their order. */
function isWanted({
  grep,
  level,
}: Pick<LogFlags, 'grep' | 'level'>): ((line: string) => boolean) | undefined {
  const matches = grep === undefined ? undefined : pattern(grep)
  const least = levels.find((one) => one === level)
  if (!matches && !least) return undefined
  const isBad = least && badEnough(least)
  // Every line is read for its level, also one that does not match: those that follow may go on with it.
  return (line) => (isBad?.(line) ?? true) && (matches?.test(line) ?? true)
}

/** A line that names no level is shown with the one before it that does, and not alone. */
function badEnough(least: Level): (line: string) => boolean {
  const reader = new LogReader()
  return (line) => {
    const { level } = reader.read(line)
    return level !== undefined && isAtLeast(level, least)
  }
}
