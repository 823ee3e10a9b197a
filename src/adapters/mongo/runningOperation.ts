import type { Document } from 'mongodb'
import type { RunningOperation } from '../../ports/operations.js'

/** Kinds of `op` that say by themselves what is done. */
const ownName: ReadonlySet<unknown> = new Set(['insert', 'update', 'remove', 'getmore'])

/** Commands that change nothing, whatever is in them; an aggregation may write what it finds. */
const reading: ReadonlySet<string> = new Set(['find', 'count', 'distinct'])

/** Locks of these, held alone or by readers only, keep others from writing (manual, "currentOp.locks"). */
const wide = ['Global', 'Database', 'Collection'] as const

/** One entry of `$currentOp`; nothing for what is idle, or asks for exactly this. */
export function runningOperation(entry: Document): RunningOperation | undefined {
  const opid: unknown = entry['opid']
  if (entry['active'] !== true || typeof opid !== 'number') return undefined
  const asked = (entry['command'] ?? {}) as Document
  if (isAskingForThis(asked)) return undefined
  const origin = (entry['cursor'] as Document | undefined)?.['originatingCommand'] as
    Document | undefined
  if (isWaitingForNews(entry, asked, origin)) return undefined
  const microseconds = Number(entry['microsecs_running'] ?? 0)
  const now = Date.parse(String(entry['currentOpTime']))
  if (Number.isNaN(now)) return undefined
  const command = commandOf(entry['op'], asked)
  return {
    opid,
    namespace: String(entry['ns'] ?? ''),
    command,
    startedAt: new Date(now - microseconds / 1000).toISOString(),
    seconds: microseconds / 1e6,
    waitsForLock: entry['waitingForLock'] === true,
    exclusive: isExclusive((entry['locks'] ?? {}) as Document),
    // What is ended takes its whole transaction with it, and the writes that were done in that.
    writes: 'transaction' in entry || mayWrite(command, command === 'getMore' ? origin : asked),
    ...text(entry, 'client', 'client'),
    ...text(entry, 'appName', 'application'),
    ...(typeof entry['connectionId'] === 'number' ? { connection: entry['connectionId'] } : {}),
  }
}

/** Change streams and tailable cursors wait by design, for as long as nothing happens. */
function isWaitingForNews(entry: Document, asked: Document, origin: Document | undefined): boolean {
  if ((entry['cursor'] as Document | undefined)?.['tailable'] === true) return true
  return [asked, origin].some((command) => {
    if (command?.['tailable'] === true) return true
    const pipeline = command?.['pipeline'] as unknown
    const [first] = (Array.isArray(pipeline) ? pipeline : []) as readonly Document[]
    return first !== undefined && '$changeStream' in first
  })
}

function isAskingForThis({ pipeline }: Document): boolean {
  const [first] = (Array.isArray(pipeline) ? pipeline : []) as readonly Document[]
  return first !== undefined && '$currentOp' in first
}

function commandOf(op: unknown, asked: Document): string {
  if (ownName.has(op)) return op === 'getmore' ? 'getMore' : String(op)
  return Object.keys(asked)[0] ?? String(op)
}

/** Commands that are too long are handed out as text: of those nobody knows. */
function mayWrite(command: string, asked: Document | undefined): boolean {
  if (asked === undefined || '$truncated' in asked) return true
  const name = command === 'getMore' ? (Object.keys(asked)[0] ?? '') : command
  if (reading.has(name)) return false
  const pipeline = asked['pipeline'] as unknown
  if (name !== 'aggregate' || !Array.isArray(pipeline)) return true
  return (pipeline as readonly Document[]).some((stage) => '$out' in stage || '$merge' in stage)
}

function isExclusive(locks: Document): boolean {
  return wide.some((resource) => locks[resource] === 'W' || locks[resource] === 'R')
}

function text<Name extends string>(
  entry: Document,
  field: string,
  name: Name,
): Partial<Record<Name, string>> {
  const value: unknown = entry[field]
  return typeof value === 'string' && value !== ''
    ? ({ [name]: value } as Record<Name, string>)
    : {}
}
