import type { Receipt } from '../../src/domain/receipt.js'
import type { Receipts } from '../../src/ports/receipts.js'

/** Receipts in memory. `saves` holds every version that was written; `refuse` makes the next writes fail. */
export function fakeReceipts(before: readonly Receipt[] = []): Receipts & {
  readonly saves: Receipt[]
  refuse: (receipt: Receipt) => boolean
  /** Receipts whose process is gone. */
  readonly gone: Set<string>
} {
  const kept = new Map(before.map((receipt) => [receipt.id, receipt]))
  const saves: Receipt[] = []
  return {
    saves,
    refuse: () => false,
    save(receipt) {
      if (this.refuse(receipt)) return Promise.reject(new Error('ENOSPC: no space left on device'))
      saves.push(receipt)
      kept.set(receipt.id, receipt)
      return Promise.resolve()
    },
    list: () =>
      Promise.resolve([...kept.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt))),
    unreadable: () => Promise.resolve([]),
    read: (id) => Promise.resolve(kept.get(id)),
    gone: new Set<string>(),
    abandoned({ id, state }) {
      return Promise.resolve(state === 'started' && this.gone.has(id))
    },
  }
}
