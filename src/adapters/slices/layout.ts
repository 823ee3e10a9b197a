import { join } from 'node:path'
import { compareOptimes } from '../../domain/oplog/optime.js'
import { sliceName, timelineName, type SliceName } from '../../domain/oplog/sliceName.js'

/** Names of everything in the folder of a target's slices. */
export interface SliceLayout {
  readonly target: string
  readonly folder: string
  /** Where files without a manifest are kept. */
  readonly quarantine: string
  /** Where slices wait that went with their base, under the names they had. */
  readonly trash: string
  path(name: string): string
  manifest(id: string): string
  gap(timeline: number): string
  anchor(base: string): string
  /** The note of what was found wrong with a slice. */
  damage(id: string): string
}

const gapEnding = '.gap.json'
const anchorEnding = '.base.json'

/** What the name of a note of damage ends with. */
export const damageEnding = '.damaged.json'

/** The names under `<shelf>/<target>/oplog`. */
export function sliceLayout(shelf: string, target: string): SliceLayout {
  const folder = join(shelf, target, 'oplog')
  const path = (name: string) => join(folder, name)
  return {
    target,
    folder,
    quarantine: path('.quarantine'),
    trash: path('.trash'),
    path,
    manifest: (id) => path(`${id}.json`),
    gap: (timeline) => path(`${timelineName(target, timeline)}${gapEnding}`),
    anchor: (base) => path(`${base}${anchorEnding}`),
    damage: (id) => path(`${id}${damageEnding}`),
  }
}

/** What the files of a folder are, by their names. */
export interface Sorted {
  /** Slices with a manifest, in order. */
  readonly slices: readonly (SliceName & { readonly id: string })[]
  /** Timelines that were ended. */
  readonly gaps: readonly number[]
  /** Ids of bases. */
  readonly anchors: readonly string[]
  /** Ids of slices that something was found wrong with. */
  readonly damaged: readonly string[]
  /** Files of slices that have no manifest. */
  readonly strays: readonly string[]
}

/** Sorts the names in a folder. What is none of ours is left out. */
export function sorted(names: readonly string[]): Sorted {
  const slices: (SliceName & { readonly id: string })[] = []
  const gaps: number[] = []
  const anchors: string[] = []
  const damaged: string[] = []
  const present = new Set(names)
  for (const name of names) {
    if (name.endsWith(gapEnding)) {
      const timeline = /-(\d{4,9})\.gap\.json$/.exec(name)?.[1]
      if (timeline !== undefined) gaps.push(Number(timeline))
    } else if (name.endsWith(damageEnding)) damaged.push(name.slice(0, -damageEnding.length))
    else if (name.endsWith(anchorEnding)) anchors.push(name.slice(0, -anchorEnding.length))
    else if (name.endsWith('.json')) {
      const id = name.slice(0, -'.json'.length)
      const told = sliceName(id)
      if (told) slices.push({ ...told, id })
    }
  }
  slices.sort(
    (one, other) => one.timeline - other.timeline || compareOptimes(one.start, other.start),
  )
  const strays = names.filter((name) => {
    const id = /^(.*)\.oplog\.gz(?:\.age)?$/.exec(name)?.[1]
    return id !== undefined && sliceName(id) !== undefined && !present.has(`${id}.json`)
  })
  return { slices, gaps, anchors, damaged, strays }
}
