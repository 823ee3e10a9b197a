import type { Optime } from '../contents.js'
import { Failure } from '../failure.js'

/** What the name of a slice tells: its place in the order, without opening anything. */
export interface SliceName {
  readonly target: string
  /** Counts the histories of a target from 1 on. */
  readonly timeline: number
  /** The last entry before the slice. */
  readonly start: Optime
  /** Its last entry. */
  readonly end: Optime
}

const pattern =
  /^([A-Za-z0-9][A-Za-z0-9_-]{0,62})-(\d{4,9})-(\d{8}T\d{6}Z)\.(\d{10})-(\d{8}T\d{6}Z)\.(\d{10})$/

/**
 * `medical-0001-20261121T130204Z.0000000001-20261121T130304Z.0000000007`: timeline, start, end. Every part has a fixed
 * width, so that names sort as the history went, whatever lists them; times are UTC, so that people can read them. The
 * timeline comes first: a server whose clock was set back begins a new one, and its slices still sort after the old ones.
 */
export function sliceId({ target, timeline, start, end }: SliceName): string {
  return `${timelineName(target, timeline)}-${stamp(start)}-${stamp(end)}`
}

/** `medical-0001`: what the names of all that belongs to a timeline begin with. */
export function timelineName(target: string, timeline: number): string {
  return `${target}-${timeline.toString().padStart(4, '0')}`
}

/** What an id tells; nothing where it is not the id of a slice. */
export function sliceName(id: string): SliceName | undefined {
  const [, target, timeline, startSecond, startOrdinal, endSecond, endOrdinal] =
    pattern.exec(id) ?? []
  const start = optime(startSecond, startOrdinal)
  const end = optime(endSecond, endOrdinal)
  if (target === undefined || start === undefined || end === undefined) return undefined
  return { target, timeline: Number(timeline), start, end }
}

/** Name of the file of a slice. Outside in: `.age` is opened first, then gzip, then BSON documents back to back. */
export function sliceFile(id: string, encrypted: boolean): string {
  return `${id}.oplog.gz${encrypted ? '.age' : ''}`
}

/**
 * The name of a file of slices, which papers from elsewhere tell: it never leads out of its folder. Throws `SLICE_NAME_INVALID`
 * (integrity).
 */
export function requireSliceFile(name: string): string {
  const id = name.replace(/\.(?:oplog\.gz(?:\.age)?|json)$/, '')
  if (id !== name && sliceName(id)) return name
  throw new Failure(
    'integrity',
    'SLICE_NAME_INVALID',
    `"${name}" is not the name of a file of slices: a manifest was changed`,
    ['ops pitr status'],
  )
}

function stamp({ seconds, ordinal }: Optime): string {
  const second = new Date(seconds * 1000).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${second}Z.${ordinal.toString().padStart(10, '0')}`
}

function optime(second: string | undefined, ordinal: string | undefined): Optime | undefined {
  const [, year, month, day, hour, minute, rest] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(second ?? '') ?? []
  const moment = Date.parse(`${[year, month, day].join('-')}T${[hour, minute, rest].join(':')}Z`)
  return Number.isNaN(moment) ? undefined : { seconds: moment / 1000, ordinal: Number(ordinal) }
}
