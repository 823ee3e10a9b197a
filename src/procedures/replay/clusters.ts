import type { KeptWrite } from './readWrites.js'
import { Ties } from './ties.js'

/** Writes to documents that transactions hang together, in their order: what becomes of one may decide what becomes of all. */
export interface Cluster {
  readonly units: readonly (readonly KeptWrite[])[]
  /** A write to each of the documents, by the key of it. */
  readonly documents: ReadonlyMap<string, KeptWrite>
}

/** Puts writes into clusters, in the order of their first writes. None has anything to do with another. */
export function clustersOf(units: readonly (readonly KeptWrite[])[]): readonly Cluster[] {
  const ties = new Ties()
  for (const unit of units) {
    const [first, ...others] = unit
    for (const { key } of others) if (first) ties.tie(first.key, key)
  }
  const clusters = new Map<string, { units: KeptWrite[][]; documents: Map<string, KeptWrite> }>()
  for (const unit of units) {
    const name = ties.of(unit[0]?.key ?? '')
    const own = clusters.get(name) ?? { units: [], documents: new Map<string, KeptWrite>() }
    clusters.set(name, own)
    own.units.push([...unit])
    for (const write of unit) own.documents.set(write.key, write)
  }
  return [...clusters.values()]
}

/** Clusters in portions of so many documents; one that has more is a portion by itself. */
export function* inPortions(
  clusters: readonly Cluster[],
  most: number,
): Generator<readonly Cluster[]> {
  let portion: Cluster[] = []
  let documents = 0
  for (const cluster of clusters) {
    const { size } = cluster.documents
    if (portion.length > 0 && documents + size > most) {
      yield portion
      portion = []
      documents = 0
    }
    portion.push(cluster)
    documents += size
  }
  if (portion.length > 0) yield portion
}
