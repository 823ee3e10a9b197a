import { levelCalled, levelIn, levelNumbered, type Level } from './level.js'
import { printedLine } from './printedLine.js'

/** One line of a log, understood as far as it goes. */
export interface LogEntry {
  /** Container that wrote it, as compose prints it before each line. */
  readonly source: string
  /** RFC 3339 UTC; nothing where neither the line nor the engine says. */
  readonly at?: string
  /** Nothing where the line names none. */
  readonly level?: Level
  /** Without who wrote it and when. */
  readonly message: string
}

/** A time that begins a line of text. */
const leading =
  /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)\]?[ \t:-]*/

/**
 * Reads lines as compose prints them. A line that is indented goes on with the one before it (the trace of an error does), so it has
 * that one's level. A line without a name before it is of `alone`.
 */
export class LogReader {
  private readonly before = new Map<string, Level>()

  constructor(private readonly alone = '') {}

  read(line: string): LogEntry {
    const { who, at: stamp, text: body } = printedLine(line) ?? { text: line }
    const source = who?.replace(/\s*\| $/, '') ?? this.alone
    const { level, at, message } = structured(body) ?? written(body)
    const known = level ?? (/^\s+\S/.test(body) ? this.before.get(source) : undefined)
    if (known) this.before.set(source, known)
    else this.before.delete(source)
    const moment = at ?? (stamp === undefined ? undefined : instant(stamp))
    return {
      source,
      message,
      ...(moment === undefined ? {} : { at: moment }),
      ...(known ? { level: known } : {}),
    }
  }
}

interface Understood {
  readonly level?: Level
  readonly at?: string
  readonly message: string
}

/** Text: a time where it begins, a level near it. */
function written(body: string): Understood {
  const [before = '', time] = leading.exec(body) ?? []
  // A time without a zone is that of a clock nobody knows: the engine's own is better.
  const at = time !== undefined && /(Z|[+-]\d\d:?\d\d)$/.test(time) ? instant(time) : undefined
  const level = levelIn(body)
  return {
    message: body.slice(before.length),
    ...(at === undefined ? {} : { at }),
    ...(level ? { level } : {}),
  }
}

/** One object of JSON: that of mongod, or what loggers of programs commonly write. Nothing where it is none. */
function structured(body: string): Understood | undefined {
  if (!body.startsWith('{')) return undefined
  const fields = parsed(body)
  if (!fields) return undefined
  const said = [fields['msg'], fields['message'], fields['event']].find((one) => isText(one))
  const level = levelOf(
    fields['s'] ?? fields['level'] ?? fields['severity'] ?? fields['levelname'] ?? fields['lvl'],
  )
  const at = timeOf(fields['t'] ?? fields['time'] ?? fields['timestamp'] ?? fields['@timestamp'])
  return {
    message: said === undefined ? body : [partOf(fields), said, codeIn(fields)].join(''),
    ...(at === undefined ? {} : { at }),
    ...(level ? { level } : {}),
  }
}

/** The component of a server that wrote it (its field `c`). */
function partOf({ c }: Readonly<Record<string, unknown>>): string {
  return isText(c) && c !== '-' ? `${c}: ` : ''
}

/** The name of an error beside the message: two errors with one message are not the same. */
function codeIn({ attr }: Readonly<Record<string, unknown>>): string {
  const attributes = record(attr)
  const code = record(attributes?.['error'])?.['codeName'] ?? attributes?.['codeName']
  return isText(code) ? ` (${code})` : ''
}

function levelOf(value: unknown): Level | undefined {
  if (typeof value === 'number') return levelNumbered(value)
  return isText(value) ? levelCalled(value) : undefined
}

/** mongod: `{"$date": …}`; others: text, or milliseconds since 1970. */
function timeOf(value: unknown): string | undefined {
  const time = record(value)?.['$date'] ?? value
  return isText(time) || typeof time === 'number' ? instant(time) : undefined
}

function instant(time: string | number): string | undefined {
  const moment = new Date(typeof time === 'string' ? time.replace(',', '.') : time)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(JSON.parse(text))
  } catch {
    return undefined
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
