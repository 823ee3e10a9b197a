import type { SlowQuery } from '../../ports/operations.js'

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

/** Connections that blocked the writes, the newest last. */
export interface Takers {
  readonly connections: readonly number[]
  /** When the last of them did, RFC 3339 UTC. */
  readonly at: string
}

/**
 * Whose locks block the writes, by what `fsync` writes down (mongo, src/mongo/db/commands/fsync.cpp): locks are counted, and whose is
 * released is not told, so all are named until none is left. Nothing where none is, or the log does not reach back to the first.
 */
export function lockTakersIn(lines: readonly string[]): Takers | undefined {
  let taken: (Takers & { readonly isWhole: boolean }) | undefined
  for (const line of lines) {
    if (!/fsyncUnlock|no writes are allowed/.test(line)) continue
    const { message = '', context = '', at = '', attributes = {} } = lineOf(line) ?? {}
    const locks = numberIn(attributes, 'lockCount')
    if (/^fsyncUnlock complete/.test(message) && locks === 0) taken = undefined
    const connection = Number(/^conn(\d+)$/.exec(context)?.[1])
    if (!/^mongod is locked and no writes are allowed/.test(message) || !(connection > 0)) continue
    const before = locks === 1 ? [] : (taken?.connections ?? [])
    const isWhole = locks === 1 || taken?.isWhole === true
    taken = { connections: [...before, connection], at, isWhole }
  }
  return taken?.isWhole === true ? { connections: taken.connections, at: taken.at } : undefined
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
