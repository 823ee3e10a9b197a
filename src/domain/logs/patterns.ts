import type { LogEntry } from './entry.js'
import { levels, type Level } from './level.js'

/** Messages that differ only in numbers, names and times, taken as one. */
export interface LogPattern {
  readonly count: number
  readonly level: Level | null
  /** Container that wrote them. */
  readonly source: string
  /** The message, with a word in angle brackets for what differs. */
  readonly pattern: string
  /** RFC 3339 UTC; null where no line of them says. */
  readonly first: string | null
  readonly last: string | null
  /** The newest of them as it was written. */
  readonly example: string
}

/** So many are told apart: a log that never says the same thing twice must not fill the memory. */
const most = 5000

/** So much of a message is compared. */
const compared = 300

/** What differs from line to line, the most particular first. */
const particular: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '<text>'],
  [/\b(?=[a-z]*\d)[0-9a-f]{12,}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<number>'],
  [/(?<![\w<])[+-]?\d+(?:[.,]\d+)*/g, '<number>'],
]

/** A message without what differs from one time to the next. */
export function patternOf(message: string): string {
  return particular
    .reduce((text, [what, word]) => text.replace(what, word), message.slice(0, compared))
    .trim()
}

interface Group {
  count: number
  first: string | null
  last: string | null
  example: string
  readonly level: Level | null
  readonly source: string
  readonly pattern: string
}

/** Groups the lines of a log while they come: bounded memory, whatever comes. */
export class LogPatterns {
  private readonly groups = new Map<string, Group>()
  /** Lines that were read. */
  lines = 0
  /** Lines that are in no group, because there were too many different ones. */
  others = 0

  add({ source, message, ...entry }: LogEntry, line: string): void {
    const { level = null, at = null } = entry
    this.lines++
    const pattern = patternOf(message)
    if (pattern === '') return
    const key = [source, level, pattern].join('\n')
    const found = this.groups.get(key)
    if (found) {
      found.count++
      found.example = line
      if (at === null) return
      if (found.first === null || at < found.first) found.first = at
      if (found.last === null || at > found.last) found.last = at
    } else if (this.groups.size < most) {
      const group = { count: 1, first: at, last: at, example: line, level, source, pattern }
      this.groups.set(key, group)
    } else this.others++
  }

  /** The worst first, and of those that are as bad the most frequent. */
  list(): readonly LogPattern[] {
    const rank = ({ level }: Group) => (level === null ? 1.5 : levels.indexOf(level))
    return [...this.groups.values()].toSorted(
      (one, other) => rank(other) - rank(one) || other.count - one.count,
    )
  }
}
