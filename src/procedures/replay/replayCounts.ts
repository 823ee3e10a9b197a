import type { ReplayCount } from '../../domain/replayCount.js'
import { Conflicts } from '../dr/putBack.js'
import type { KeptWrite } from './readWrites.js'

/** Counts while they grow. */
interface Growing {
  inserts: number
  updates: number
  deletes: number
  alreadyThere: number
  leftOut: number
  readonly found: Conflicts
}

/** What becomes of writes, counted for each collection. */
export class ReplayCounts {
  readonly #of = new Map<string, Growing>()

  /** One that is played back, or was by an earlier run. */
  played({ namespace, kind }: KeptWrite, isThere: boolean): void {
    const count = this.#for(namespace)
    if (isThere) count.alreadyThere++
    else if (kind === 'insert') count.inserts++
    else if (kind === 'update') count.updates++
    else count.deletes++
  }

  /** One that is not wanted. */
  leftOut({ namespace }: KeptWrite): void {
    this.#for(namespace).leftOut++
  }

  /** One that cannot be played back. */
  conflict({ namespace, id }: KeptWrite, because: string): void {
    this.#for(namespace).found.add(because, id)
  }

  /** The counts so far. */
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
