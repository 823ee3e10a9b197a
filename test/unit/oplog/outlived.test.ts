import { describe, expect, test } from 'vitest'
import { outlivedSlices } from '../../../src/domain/oplog/outlived.js'
import { sliceScene } from './scene.js'

/** Slices of a minute each, and a base every ten of them; the bases stay that are told. */
async function scene(staying: readonly number[], minutes = 60) {
  const all = sliceScene()
  const { oplog, base, slice, slices, shelf } = all
  const ids: string[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const entry = oplog.write(undefined, 60)
    if (minute % 10 === 0) ids.push(base(entry))
    await slice()
  }
  const first = (oplog.entriesHeld[0]?.point.at.seconds ?? 0) * 1000
  const kept = new Set(staying.map((at) => ids[at] ?? ''))
  const bases = (await shelf.list()).flatMap(({ manifest: { id, takenAt, oplog: own } }) =>
    own?.first && own.last && kept.has(id)
      ? [{ id, takenAt, first: own.first, last: { at: own.last, sha256: own.lastEntry ?? '' } }]
      : [],
  )
  /** Minutes of the ends of the slices that go, where the time since this minute is wanted. */
  const gone = async (since: number) =>
    outlivedSlices({ ...(await slices.holdings()), bases }, new Date(first + since * 60_000)).map(
      ({ end }) => (end.at.seconds * 1000 - first) / 60_000,
    )
  return { ...all, gone }
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('slices that nothing needs any more', () => {
  test('are those of bases that are gone, outside the time that is wanted', async () => {
    const { gone } = await scene([0, 3, 4, 5])
    expect(await gone(45)).toEqual(range(11, 30))
  })

  test('are none within that time, and from the base on that it needs', async () => {
    const { gone } = await scene([2, 3, 4, 5])
    expect(await gone(25)).toEqual(range(1, 20))
    expect(await gone(55)).toEqual(range(1, 20))
  })

  test('never are those without which a base that stays could not reach the time that is wanted', async () => {
    const { gone } = await scene([0])
    expect(await gone(45)).toEqual([])
  })

  test('are all but the newest one where no base is left, but for the time that is wanted', async () => {
    const { gone } = await scene([])
    expect(await gone(45)).toEqual(range(1, 44))
    expect(await gone(100)).toEqual(range(1, 58))
  })

  test('reach up to the next base there ever was', async () => {
    const { gone } = await scene([1, 5])
    expect(await gone(57)).toEqual([...range(1, 10), ...range(21, 50)])
  })

  test('are no others because one of them is damaged: a sound copy of that one may lie elsewhere', async () => {
    const { gone, slices } = await scene([0, 3, 4, 5])
    const before = await gone(45)
    for (const minute of [9, 30, 40])
      await slices.judge(slices.manifests[minute]?.id ?? '', { at: 'now', because: 'CRC' })
    expect(await gone(45)).toEqual(before)
    const only = await scene([0])
    await only.slices.judge(only.slices.manifests[0]?.id ?? '', { at: 'now', because: 'CRC' })
    expect(await only.gone(45)).toEqual([])
  })
})
