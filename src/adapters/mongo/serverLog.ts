import type { LockTaker, SlowQuery } from '../../ports/operations.js'

type Fields = Readonly<Record<string, unknown>>

/** One line of a server's own log, as far as it is read here (manual, "Log Messages"). */
interface Line {
  readonly at: string
  readonly context: string
  readonly message: string
  readonly attributes: Fields
}

/** Databases that are the server's own. */
const ownDatabases = /^(admin|config|local)\./

/**
 * Slow queries by collection and by the fields that they compare: nothing of what they look for. `since` is in milliseconds since 1970;
 * what ended before is left out.
 */
export function slowQueriesIn(lines: readonly string[], since: number): readonly SlowQuery[] {
  const found = new Map<string, SlowQuery>()
  for (const line of lines) {
    const query = slowQuery(lineOf(line))
    if (!query || Date.parse(query.last) < since) continue
    const key = [query.namespace, query.scansAll, ...query.fields].join('\0')
    const before = found.get(key)
    const slower = before && before.milliseconds >= query.milliseconds ? before : query
    const last = before && before.last > query.last ? before.last : query.last
    found.set(key, { ...slower, times: (before?.times ?? 0) + 1, last })
  }
  return [...found.values()].sort((one, other) => other.milliseconds - one.milliseconds)
}

function slowQuery(line: Line | undefined): SlowQuery | undefined {
  if (line?.message !== 'Slow query') return undefined
  const { ns: namespace, planSummary: plan, durationMillis: milliseconds } = line.attributes
  if (typeof namespace !== 'string' || ownDatabases.test(namespace)) return undefined
  if (typeof milliseconds !== 'number') return undefined
  return {
    namespace,
    fields: fieldsOf(comparedIn(line.attributes)),
    scansAll: typeof plan === 'string' && plan.startsWith('COLLSCAN'),
    times: 1,
    milliseconds,
    examined: numberIn(line.attributes, 'docsExamined'),
    returned: numberIn(line.attributes, 'nreturned'),
    last: line.at,
  }
}

/** What a find, a count, or the first stage of an aggregation compares; later batches name the command that they are of. */
function comparedIn(attributes: Fields): unknown {
  const command = fieldsIn(attributes['originatingCommand'] ?? attributes['command'])
  if (!command) return undefined
  const [first] = Array.isArray(command['pipeline']) ? (command['pipeline'] as unknown[]) : []
  return command['filter'] ?? command['query'] ?? command['q'] ?? fieldsIn(first)?.['$match']
}

/** Names of fields, also of those within `$and`; of alternatives (`$or`) none: no single index serves them. */
function fieldsOf(filter: unknown): readonly string[] {
  const named = Object.entries(fieldsIn(filter) ?? {}).flatMap(([name, value]) => {
    if (name === '$and' && Array.isArray(value)) return value.flatMap(fieldsOf)
    return name.startsWith('$') ? [] : [name]
  })
  return [...new Set(named)]
}

/**
 * Whose lock blocks the writes: the newest that was taken and not released, by what `fsync` writes down (mongo,
 * src/mongo/db/commands/fsync.cpp). Nothing where none is, or the log does not reach back that far.
 */
export function lockTakerIn(lines: readonly string[]): Omit<LockTaker, 'open'> | undefined {
  let taken: Omit<LockTaker, 'open'> | undefined
  for (const line of lines) {
    if (!/fsync|locked/i.test(line)) continue
    const { message = '', context = '', at = '', attributes = {} } = lineOf(line) ?? {}
    const connection = Number(/^conn(\d+)$/.exec(context)?.[1])
    const released = /^fsyncUnlock completed/.test(message)
    if (released && !(numberIn(attributes, 'lockCount') > 0)) taken = undefined
    if (/^mongod is locked and no writes are allowed/.test(message) && connection > 0)
      taken = { connection, at }
  }
  return taken
}

function lineOf(text: string): Line | undefined {
  let fields: Fields | undefined
  try {
    fields = fieldsIn(JSON.parse(text))
  } catch {
    return undefined
  }
  const at = fieldsIn(fields?.['t'])?.['$date']
  const time = typeof at === 'string' ? Date.parse(at) : NaN
  if (!fields || Number.isNaN(time)) return undefined
  return {
    at: new Date(time).toISOString(),
    context: textIn(fields, 'ctx'),
    message: textIn(fields, 'msg'),
    attributes: fieldsIn(fields['attr']) ?? {},
  }
}

function fieldsIn(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name]
  return typeof value === 'number' ? value : 0
}
