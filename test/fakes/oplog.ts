import { deserialize, serialize, Timestamp, Long, type Document } from 'bson'
import { pointOf } from '../../src/archive/oplog/point.js'
import type { Optime } from '../../src/domain/contents.js'
import type {
  CountedEntries,
  CountedStretch,
  CountedWrites,
} from '../../src/domain/oplog/counted.js'
import type { OplogWindow } from '../../src/domain/oplog/window.js'
import { compareOptimes, isAfter, type OplogPoint } from '../../src/domain/oplog/optime.js'
import type { Oplog } from '../../src/ports/oplog.js'

/** An entry with its place in the oplog. */
export interface FakeEntry {
  readonly point: OplogPoint
  readonly bytes: Buffer
}

/** An oplog in memory, capped by hand. `set` is absent on a standalone. */
export class FakeOplog implements Oplog {
  entriesHeld: FakeEntry[] = []
  set: string | undefined = 'f00d'
  standalone = false
  whole = false
  /** When it was last started without its set. */
  standaloneAt: string | undefined
  startsHidden = false
  /** How often entries were read, from where. */
  readonly reads: Optime[] = []
  /** Called while entries are read, before each. */
  during: (entry: FakeEntry) => void = () => undefined
  /** What a server answers that does not count. */
  countsNot: 'late' | 'refused' | undefined
  #second = 1_795_267_324

  /** Appends an entry, a second after the last one; noop where nothing is said of it. */
  write(
    fields: Document = { op: 'n', ns: '', o: { msg: 'periodic noop' } },
    seconds = 1,
  ): FakeEntry {
    this.#second += seconds
    const entry = entryOf({ seconds: this.#second, ordinal: 1 }, fields)
    this.entriesHeld.push(entry)
    return entry
  }

  /** Forgets the oldest entries, as a full oplog does. */
  forget(count: number): void {
    this.entriesHeld.splice(0, count)
  }

  /** Loses the newest entries, as a server does that was killed before it had journaled them. */
  lose(count: number): void {
    this.entriesHeld.splice(-count, count)
  }

  window(): Promise<OplogWindow | undefined> {
    const [oldest, newest] = [this.entriesHeld[0], this.entriesHeld.at(-1)]
    if (this.standalone || !oldest || !newest) return Promise.resolve(undefined)
    return Promise.resolve({
      oldest: oldest.point.at,
      newest: newest.point.at,
      whole: this.whole,
      ...(this.set === undefined ? {} : { replicaSetId: this.set }),
      ...(this.standaloneAt === undefined ? {} : { standaloneAt: this.standaloneAt }),
      ...(this.startsHidden ? { startsHidden: true } : {}),
    })
  }

  entryAt(at: Optime): Promise<Uint8Array | undefined> {
    return Promise.resolve(
      this.entriesHeld.find(({ point }) => compareOptimes(point.at, at) === 0)?.bytes,
    )
  }

  async *entries(from: Optime, to: Optime, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.reads.push(from)
    for (const entry of [...this.entriesHeld]) {
      signal.throwIfAborted()
      if (isAfter(from, entry.point.at) || isAfter(entry.point.at, to)) continue
      this.during(entry)
      if (this.entriesHeld.includes(entry)) yield await Promise.resolve(entry.bytes)
    }
  }

  async count(
    { from, to, most }: CountedStretch,
    _milliseconds: number,
    signal: AbortSignal,
  ): Promise<CountedEntries | 'late' | 'refused'> {
    if (this.countsNot) return this.countsNot
    const found: Document[] = []
    for await (const bytes of this.entries(from, to, signal)) {
      found.push(deserialize(bytes, { promoteValues: false }))
      if (found.length === most) break
    }
    const at = (entry: Document) => optimeOf(entry['ts'] as Timestamp)
    const [last, commands] = [found.at(-1), found.filter((one) => kindOf(one) === 'c')]
    const [first, final] = [commands[0], commands.at(-1)]
    const counts = new Map<string, CountedWrites>()
    for (const { op, ns } of found.flatMap((one) => (isWhole(one) ? innerOf(one) : [one]))) {
      const [operation, namespace] = [String(op), String(ns)]
      if (!/^[iud]$/.test(operation)) continue
      const known = counts.get(`${operation} ${namespace}`)
      const count = (known?.count ?? 0) + 1
      counts.set(`${operation} ${namespace}`, { operation, namespace, count })
    }
    return {
      entries: found.length,
      ...(last ? { last: at(last) } : {}),
      writes: [...counts.values()],
      ...(first && final ? { apart: { from: at(first), to: at(final) } } : {}),
    }
  }

  async *apart(from: Optime, to: Optime, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const bytes of this.entries(from, to, signal)) {
      const entry = deserialize(bytes, { promoteValues: false })
      if (kindOf(entry) === 'c' && !isWhole(entry)) yield bytes
    }
  }
}

function kindOf({ op }: Document): string {
  return String(op)
}

function optimeOf({ t, i }: Timestamp): Optime {
  return { seconds: t, ordinal: i }
}

function innerOf({ o }: Document): Document[] {
  return (o as { applyOps?: Document[] } | undefined)?.applyOps ?? []
}

/** Whether a command is of nothing but writes, and no part of a transaction of several entries. */
function isWhole(entry: Document): boolean {
  const { o, prevOpTime, multiOpType } = entry as {
    o?: Document
    prevOpTime?: { ts?: Timestamp }
    multiOpType?: { valueOf(): number }
  }
  if (kindOf(entry) !== 'c' || !Array.isArray(o?.['applyOps'])) return false
  if ('partialTxn' in o || 'prepare' in o) return false
  const continues = prevOpTime?.ts !== undefined && prevOpTime.ts.toBigInt() !== 0n
  if (continues && multiOpType?.valueOf() !== 1) return false
  return innerOf(entry).every(({ op }) => /^[iudn]$/.test(String(op)))
}

/** An entry of an oplog in the bytes that a server has it in. */
export function entryOf({ seconds, ordinal }: Optime, fields: Document): FakeEntry {
  const ts = new Timestamp({ t: seconds, i: ordinal })
  const wall = new Date(seconds * 1000)
  const bytes = Buffer.from(serialize({ ...fields, ts, t: Long.fromNumber(1), v: 2, wall }))
  return { bytes, point: pointOf(bytes) }
}
