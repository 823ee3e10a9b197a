import type { Drill } from '../../src/domain/drill.js'
import type { Drills } from '../../src/ports/drills.js'

/** Drills in memory. */
export function fakeDrills(): Drills & { readonly all: Drill[] } {
  const all: Drill[] = []
  return {
    all,
    save(drill) {
      all.unshift(drill)
      return Promise.resolve(`/state/drills/${drill.id}.json`)
    },
    list: () => Promise.resolve([...all]),
  }
}
