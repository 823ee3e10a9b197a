import { written } from '../../archive/oplog/documentWrite.js'
import type { ReplayCount } from '../../domain/replayCount.js'
import { Conflicts } from '../dr/putBack.js'
import type { KeptWrite } from './readWrites.js'

/** A document as it is on the server before anything is played back. */
export type LiveDocument =
  /** As the restore made it; absent where there is none. */
  | { readonly state: 'restored'; readonly document?: Buffer }
  /** An earlier run played back what there was to it. */
  | { readonly state: 'played' }
  /** Somebody wrote to it since the restore. */
  | { readonly state: 'changed' }

/** A document that is to become another. */
export interface PlannedChange {
  readonly namespace: string
  readonly key: string
  readonly id: Buffer
  readonly before?: Buffer
  readonly after?: Buffer
  /** The same for documents that transactions tie together: they change all or none. */
  readonly tie: string
}

/** What playing back would do. */
export interface Simulation {
  readonly changes: readonly PlannedChange[]
  readonly counts: readonly ReplayCount[]
}

/**
 * Plays writes back on documents in memory, in their order. A write that is left out, or that does not fit the document that is
 * there, is not carried out, nor are later ones to the same document, nor the others of its transaction.
 */
export function simulate(
  units: readonly (readonly KeptWrite[])[],
  live: ReadonlyMap<string, LiveDocument>,
  whyLeftOut: (write: KeptWrite) => string | undefined,
  whyUnfit: (write: KeptWrite) => string | undefined = () => undefined,
): Simulation {
  const state = new Map<string, Buffer | undefined>()
  const ids = new Map<string, KeptWrite>()
  const spoilt = new Map<string, string>()
  const counts = new Counts()
  const ties = new Ties()
  for (const [key, one] of live) {
    if (one.state === 'restored') state.set(key, one.document)
    if (one.state === 'changed') spoilt.set(key, 'somebody wrote to it since the restore')
  }
  for (const unit of units) {
    const leftOut = unit.some((write) => whyLeftOut(write) !== undefined)
    const misfits = leftOut
      ? new Map<KeptWrite, string>()
      : misfitsOf(unit, state, { spoilt, live, whyUnfit })
    for (const write of unit) ids.set(write.key, write)
    if (!leftOut && misfits.size === 0) {
      const own = unit.filter(({ key }) => live.get(key)?.state !== 'played')
      for (const write of unit) counts.played(write, !own.includes(write))
      for (const write of own) {
        ties.tie(own[0]?.key ?? write.key, write.key)
        const outcome = written(write.kind, write.raw, state.get(write.key))
        if ('after' in outcome) state.set(write.key, outcome.after)
      }
      continue
    }
    for (const write of unit) {
      if (leftOut) counts.leftOut(write)
      else if (live.get(write.key)?.state === 'played') counts.played(write, true)
      else
        counts.conflict(
          write,
          misfits.get(write) ?? 'another write of its transaction does not fit',
        )
      if (!spoilt.has(write.key)) spoilt.set(write.key, 'an earlier write to it is not played back')
    }
  }
  return { changes: changesOf(state, live, ids, ties), counts: counts.all() }
}

/** Why writes of a unit do not fit, each on what those before it leave. */
function misfitsOf(
  unit: readonly KeptWrite[],
  state: ReadonlyMap<string, Buffer | undefined>,
  {
    spoilt,
    live,
    whyUnfit,
  }: {
    readonly spoilt: ReadonlyMap<string, string>
    readonly live: ReadonlyMap<string, LiveDocument>
    readonly whyUnfit: (write: KeptWrite) => string | undefined
  },
): ReadonlyMap<KeptWrite, string> {
  const misfits = new Map<KeptWrite, string>()
  const within = new Map<string, Buffer | undefined>()
  for (const write of unit) {
    const { key, kind, raw } = write
    const unfit = whyUnfit(write)
    if (unfit !== undefined) {
      misfits.set(write, unfit)
      continue
    }
    if (live.get(key)?.state === 'played') continue
    const because = spoilt.get(key)
    if (because !== undefined) {
      misfits.set(write, because)
      continue
    }
    const outcome = written(kind, raw, within.has(key) ? within.get(key) : state.get(key))
    if ('misfit' in outcome) misfits.set(write, outcome.misfit)
    else within.set(key, outcome.after)
  }
  return misfits
}

function changesOf(
  state: ReadonlyMap<string, Buffer | undefined>,
  live: ReadonlyMap<string, LiveDocument>,
  ids: ReadonlyMap<string, KeptWrite>,
  ties: Ties,
): readonly PlannedChange[] {
  return [...state].flatMap(([key, after]) => {
    const first = live.get(key)
    const write = ids.get(key)
    if (!write || first?.state !== 'restored') return []
    const { document: before } = first
    const isSame = before === after || (before !== undefined && after?.equals(before) === true)
    if (isSame) return []
    const { namespace, id } = write
    return [
      {
        ...{ namespace, key, id, tie: ties.of(key) },
        ...(before ? { before } : {}),
        ...(after ? { after } : {}),
      },
    ]
  })
}

/** Documents that are tied together, each known by one of them. */
class Ties {
  readonly #above = new Map<string, string>()

  of(key: string): string {
    let at = key
    for (let above = this.#above.get(at); above !== undefined; above = this.#above.get(at))
      at = above
    return at
  }

  tie(one: string, other: string): void {
    const [from, to] = [this.of(other), this.of(one)]
    if (from !== to) this.#above.set(from, to)
  }
}

/** Counts while they grow. */
interface Growing {
  inserts: number
  updates: number
  deletes: number
  alreadyThere: number
  leftOut: number
  readonly found: Conflicts
}

class Counts {
  readonly #of = new Map<string, Growing>()

  played({ namespace, kind }: KeptWrite, isThere: boolean): void {
    const count = this.#for(namespace)
    if (isThere) count.alreadyThere++
    else if (kind === 'insert') count.inserts++
    else if (kind === 'update') count.updates++
    else count.deletes++
  }

  leftOut({ namespace }: KeptWrite): void {
    this.#for(namespace).leftOut++
  }

  conflict({ namespace, id }: KeptWrite, because: string): void {
    this.#for(namespace).found.add(because, id)
  }

  all(): readonly ReplayCount[] {
    return [...this.#of].map(([namespace, { found, ...count }]) => ({
      ...count,
      namespace,
      conflicts: found.all(),
    }))
  }

  #for(namespace: string): Growing {
    const known = this.#of.get(namespace)
    if (known) return known
    const numbers = { inserts: 0, updates: 0, deletes: 0, alreadyThere: 0, leftOut: 0 }
    const fresh = { ...numbers, found: new Conflicts() }
    this.#of.set(namespace, fresh)
    return fresh
  }
}
