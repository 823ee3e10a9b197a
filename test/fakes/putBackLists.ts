import { listLost } from '../../src/domain/deletions/listLost.js'
import type { ListedBatch, PutBackLists } from '../../src/ports/putBackLists.js'

/** Lists in memory. */
export function fakePutBackLists(): PutBackLists & { readonly lists: Map<string, ListedBatch[]> } {
  const lists = new Map<string, ListedBatch[]>()
  return {
    lists,
    write(name) {
      const batches: ListedBatch[] = lists.get(name) ?? []
      lists.set(name, batches)
      return Promise.resolve({
        about: (batch) => {
          batches.push(structuredClone(batch))
          return Promise.resolve()
        },
        butNot: (places) => {
          const last = batches.pop()
          const gone = new Set(places)
          if (last)
            batches.push({ ...last, documents: last.documents.filter((_, at) => !gone.has(at)) })
          return Promise.resolve()
        },
        close: () => Promise.resolve(),
      })
    },
    async *read(name) {
      const batches = lists.get(name)
      if (!batches) throw listLost(name, 'is not there any more')
      for (const batch of batches) yield await Promise.resolve(batch)
    },
  }
}
