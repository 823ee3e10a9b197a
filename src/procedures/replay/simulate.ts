import { written } from '../../archive/oplog/documentWrite.js'
import type { KeptWrite } from './readWrites.js'
import type { ReplayCounts } from './replayCounts.js'
import { Ties } from './ties.js'

/** A document as it is on the server before anything is played back. */
export type LiveDocument =
  /** As the restore made it; absent where there is none. */
  | { readonly state: 'restored'; readonly document?: Buffer }
  /** As earlier runs left it, which played back the first so many writes to it; absent where those removed it. */
  | { readonly state: 'played'; readonly document?: Buffer; readonly writes: number }
  /** Nothing is played back onto it, and why. */
  | { readonly state: 'unfit'; readonly because: string }

/** A document that is to become another. */
export interface PlannedChange {
  readonly namespace: string
  readonly key: string
  readonly id: Buffer
  readonly before?: Buffer
  readonly after?: Buffer
  /** So many of the writes to it are played back then, those of earlier runs included: always the first ones. */
  readonly writes: number
  /** The same for documents that transactions tie together: they change all or none. */
  readonly tie: string
}

/** Which writes are played back, decided by somebody, and by what they are. */
export interface WriteJudge {
  /** Why a write is not wanted; nothing where it is. */
  why(write: KeptWrite): string | undefined
  /** Why it cannot be played back onto what the restore brought back; nothing where it can. */
  whyUnfit(write: KeptWrite): string | undefined
}

/**
 * Plays writes back on documents in memory, in their order. A write that is left out, or that does not fit the document that is
 * there, is not carried out, nor are later ones to the same document, nor the others of its transaction. Of each document therefore
 * the first writes are played back, and never one behind a gap: a later run goes on behind them.
 */
export function simulate(
  units: readonly (readonly KeptWrite[])[],
  live: ReadonlyMap<string, LiveDocument>,
  judge: WriteJudge,
  counts: ReplayCounts,
): readonly PlannedChange[] {
  const documents = new Documents(live)
  const ties = new Ties()
  for (const unit of units) {
    const own = unit.filter((write) => {
      const isThere = documents.hasNext(write)
      if (isThere) counts.played(write, true)
      return !isThere
    })
    const [first] = own
    if (!first) continue
    const isLeftOut = unit.some((write) => judge.why(write) !== undefined)
    const misfits = isLeftOut ? new Map<KeptWrite, string>() : documents.misfits(own, judge)
    if (!isLeftOut && misfits.size === 0) {
      for (const write of own) {
        counts.played(write, false)
        ties.tie(first.key, write.key)
        documents.carryOut(write)
      }
      continue
    }
    for (const write of own) {
      if (isLeftOut) counts.leftOut(write)
      else
        counts.conflict(
          write,
          misfits.get(write) ?? 'another write of its transaction does not fit',
        )
      documents.spoil(write)
    }
  }
  return documents.changes(ties)
}

/** A document while writes are played back on it. */
interface Growing {
  readonly first: LiveDocument
  /** The last write to it. */
  write: KeptWrite
  document: Buffer | undefined
  /** Writes that came by, and of them those that are played back: the first ones. */
  passed: number
  writes: number
  spoilt?: string
}

class Documents {
  readonly #of = new Map<string, Growing>()

  constructor(private readonly live: ReadonlyMap<string, LiveDocument>) {}

  /** Whether the next write to a document is one that an earlier run played back. */
  hasNext(write: KeptWrite): boolean {
    const one = this.#for(write)
    const { first } = one
    return one.passed++ < (first.state === 'played' ? first.writes : 0)
  }

  /** Why writes of a unit do not fit, each on what those before it leave. */
  misfits(unit: readonly KeptWrite[], judge: WriteJudge): ReadonlyMap<KeptWrite, string> {
    const misfits = new Map<KeptWrite, string>()
    const within = new Map<string, Buffer | undefined>()
    for (const write of unit) {
      const { key, kind, raw } = write
      const one = this.#for(write)
      const because = judge.whyUnfit(write) ?? one.spoilt
      if (because !== undefined) {
        misfits.set(write, because)
        continue
      }
      const outcome = written(kind, raw, within.has(key) ? within.get(key) : one.document)
      if ('misfit' in outcome) misfits.set(write, outcome.misfit)
      else within.set(key, outcome.after)
    }
    return misfits
  }

  carryOut(write: KeptWrite): void {
    const one = this.#for(write)
    const outcome = written(write.kind, write.raw, one.document)
    if (!('after' in outcome)) return
    one.document = outcome.after
    one.writes++
  }

  /** Later writes were made for what this one would have left. */
  spoil(write: KeptWrite): void {
    this.#for(write).spoilt ??= 'an earlier write to it is not played back'
  }

  changes(ties: Ties): readonly PlannedChange[] {
    return [...this.#of].flatMap(([key, { first, write, document: after, writes }]) => {
      if (first.state === 'unfit') return []
      const { document: before } = first
      const isSame = before === after || (before !== undefined && after?.equals(before) === true)
      if (isSame) return []
      const { namespace, id } = write
      return [
        {
          ...{ namespace, key, id, writes, tie: ties.of(key) },
          ...(before ? { before } : {}),
          ...(after ? { after } : {}),
        },
      ]
    })
  }

  #for(write: KeptWrite): Growing {
    const known = this.#of.get(write.key)
    if (known) return known
    const first = this.live.get(write.key) ?? { state: 'restored' }
    const fresh: Growing = {
      ...{ first, write, passed: 0 },
      document: first.state === 'unfit' ? undefined : first.document,
      writes: first.state === 'played' ? first.writes : 0,
      ...(first.state === 'unfit' ? { spoilt: first.because } : {}),
    }
    this.#of.set(write.key, fresh)
    return fresh
  }
}
