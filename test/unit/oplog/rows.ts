import type { Optime } from '../../../src/domain/contents.js'
import type { Anchor, Base } from '../../../src/domain/oplog/base.js'
import type { OplogPoint } from '../../../src/domain/oplog/optime.js'
import type { SliceManifest } from '../../../src/domain/oplog/slice.js'
import { sliceId } from '../../../src/domain/oplog/sliceName.js'

export const at = (seconds: number): Optime => ({ seconds, ordinal: 1 })

const point = (seconds: number, timeline: number): OplogPoint => ({
  at: at(seconds),
  sha256: `${timeline.toString()}/${seconds.toString()}`,
})

/** A base of a timeline that is consistent at a second. */
export const base = (seconds: number, timeline: number): Base => ({
  id: `base-${timeline.toString()}-${seconds.toString()}`,
  takenAt: new Date(seconds * 1000).toISOString(),
  first: at(seconds),
  last: point(seconds, timeline),
})

/** Says that it lies on its timeline. */
export const anchor = (seconds: number, timeline: number): Anchor => {
  const { id, last } = base(seconds, timeline)
  return { version: 1, base: id, timeline, last }
}

/** Slices in a row that end at these seconds; the first second is where they start. */
export function row(timeline: number, seconds: readonly number[]): readonly SliceManifest[] {
  const slices: SliceManifest[] = []
  for (const [index, to] of seconds.slice(1).entries()) {
    const [start, end] = [point(seconds[index] ?? 0, timeline), point(to, timeline)]
    const id = sliceId({ target: 'medical', timeline, start: start.at, end: end.at })
    const before = slices.at(-1)
    slices.push({
      version: 1,
      id,
      target: 'medical',
      timeline,
      file: `${id}.oplog.gz`,
      bytes: 10,
      rawBytes: 10,
      count: 1,
      sha256: `file ${id}`,
      start,
      end,
      ...(before ? { previous: before.sha256 } : {}),
      openTransactions: [],
      encrypted: false,
      compression: { format: 'gzip', members: [] },
      takenAt: end.at.seconds.toString(),
      host: 'db01',
      opsVersion: '0.1.0',
    })
  }
  return slices
}
