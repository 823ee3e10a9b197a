import { describe, expect, test } from 'vitest'
import type { SliceManifest } from '../../../src/domain/oplog/slice.js'
import { neededBases } from '../../../src/domain/oplog/needed.js'
import { neededBySlices } from '../../../src/procedures/oplog/needed.js'
import { sliceScene } from './scene.js'

const at = (seconds: number) => ({ seconds, ordinal: 1 })
const base = (seconds: number) => ({
  id: `base ${seconds.toString()}`,
  takenAt: '2026-11-21T13:00:00.000Z',
  first: at(seconds),
  last: { at: at(seconds), sha256: 'x' },
})
const run = (start: number, end: number, ...bases: readonly number[]) => ({
  timeline: 1,
  slices: [] as SliceManifest[],
  start: at(start),
  end: at(end),
  bases: bases.map(base),
})
const needed = (since: number, ...runs: readonly ReturnType<typeof run>[]) => [
  ...neededBases({ runs }, new Date(since * 1000)),
]

describe('bases that slices need', () => {
  test('the newest one at or before the time that is to be kept', () => {
    expect(needed(25, run(0, 40, 10, 20, 30))).toEqual(['base 20'])
    expect(needed(20, run(0, 40, 10, 20, 30))).toEqual(['base 20'])
  })

  test('the first one where all are later, none where the slices are over or have none', () => {
    expect(needed(5, run(0, 40, 10, 20))).toEqual(['base 10'])
    expect(needed(50, run(0, 40, 10, 20))).toEqual([])
    expect(needed(5, run(0, 40))).toEqual([])
  })

  test('also those without which an operation that is refused could not be passed', () => {
    const row = run(0, 60, 10, 20, 30, 40, 50)
    const slice = { refusals: [{ at: at(25), what: 'x' }] } as unknown as SliceManifest
    expect(needed(20, { ...row, slices: [slice] })).toEqual(['base 20', 'base 30'])
    expect(needed(35, { ...row, slices: [slice] })).toEqual(['base 30'])
  })

  test('one for each row of slices', () => {
    expect(needed(5, run(0, 10, 1), run(20, 30, 21, 25))).toEqual(['base 1', 'base 21'])
  })
})

test('a base that slices continue is named as needed, another one is not', async () => {
  const { oplog, base: put, slice, slices, shelf } = sliceScene()
  const old = put(oplog.write())
  const since = new Date((oplog.write().point.at.seconds + 1) * 1000)
  oplog.write(undefined, 100)
  await slice()
  const other = put(oplog.write())
  const needs = await neededBySlices({ shelf, slices }, since)
  expect([needs(old), needs(other)]).toEqual([['the slices of the oplog behind it'], []])
})

test('a base stays needed where a slice is damaged, and so does the one behind that slice', async () => {
  const { oplog, base: put, slice, slices, shelf } = sliceScene()
  const old = put(oplog.write())
  const since = new Date((oplog.write().point.at.seconds + 1) * 1000)
  oplog.write(undefined, 100)
  await slice()
  oplog.write(undefined, 100)
  await slice()
  const behind = put(oplog.write())
  oplog.write(undefined, 100)
  await slice()
  for (const at of [0, 1]) {
    await slices.judge(slices.manifests[at]?.id ?? '', { at: 'now', because: 'CRC' })
    const needs = await neededBySlices({ shelf, slices }, since)
    expect([needs(old), needs(behind)]).toEqual(
      Array.from({ length: 2 }, () => ['the slices of the oplog behind it']),
    )
  }
})

test('where a paper of the slices cannot be read, every backup may be needed', async () => {
  const { oplog, base: put, slice, slices, shelf } = sliceScene()
  const old = put(oplog.write())
  oplog.write()
  await slice()
  slices.unreadable.push({ file: 'anchor.json', reason: 'EACCES' })
  const needs = await neededBySlices({ shelf, slices }, new Date(0))
  expect(needs(old)).toEqual(['slices that cannot be read may continue it (anchor.json)'])
  expect(needs('another')).toHaveLength(1)
})
