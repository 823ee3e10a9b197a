import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { entriesOf, proveStretch, type Stretch } from '../../../src/procedures/oplog/entries.js'
import { noKeys, wardKeys } from '../../fakes/keys.js'
import type { FakeEntry } from '../../fakes/oplog.js'
import { sliceScene } from './scene.js'

const going = new AbortController().signal

async function scene(keys = noKeys) {
  const all = sliceScene(keys)
  const { oplog, base, slices, slice } = all
  base(oplog.write())
  const entries: FakeEntry[] = []
  for (let round = 0; round < 3; round++) {
    for (let at = 0; at < 4; at++)
      entries.push(oplog.write({ op: 'i', ns: 'a.b', o: { _id: round * 4 + at } }))
    await slice()
  }
  const stretch = (from: number, to: number): Stretch => ({
    slices: slices.manifests,
    from: entries[from]?.point.at ?? { seconds: 0, ordinal: 0 },
    to: entries[to]?.point.at ?? { seconds: 0, ordinal: 0 },
  })
  const read = async (wanted: Stretch) => {
    const found: Buffer[] = []
    for await (const entry of entriesOf(wanted, slices, all.world, going))
      found.push(Buffer.from(entry))
    return found
  }
  return { ...all, entries, stretch, read }
}

describe('reading a stretch of a timeline', () => {
  test.each([
    ['in clear', noKeys],
    ['encrypted', wardKeys],
  ])('gives the entries after one moment, up to another: %s', async (_name, keys) => {
    const { entries, stretch, read, slices } = await scene(keys)
    const wanted = stretch(1, 9)
    await proveStretch(wanted, slices, going)
    expect(await read(wanted)).toEqual(entries.slice(2, 10).map(({ bytes }) => bytes))
  })

  test('a gap between slices, and a stretch that they do not cover, are refused', async () => {
    const { stretch, slices } = await scene()
    const wanted = stretch(0, 11)
    const [first, , third] = wanted.slices
    if (!first || !third) throw new Error('three slices')
    const short = [
      { ...wanted, slices: [first, third] },
      { ...wanted, slices: [first] },
      { ...wanted, slices: [] },
      { ...wanted, slices: wanted.slices.slice(1) },
    ]
    for (const each of short)
      await expect(proveStretch(each, slices, going)).rejects.toMatchObject({
        code: 'SLICES_BROKEN',
      })
  })

  test('a file that changed is found before anybody acts on it, and while it is read', async () => {
    const { stretch, slices, read, entries } = await scene()
    const wanted = stretch(0, 11)
    const file = wanted.slices[1]?.file ?? ''
    slices.files.set(file, gzipSync(entries[4]?.bytes ?? ''))
    const damage = { code: 'SLICE_DAMAGED', kind: 'integrity' }
    await expect(proveStretch(wanted, slices, going)).rejects.toMatchObject(damage)
    await expect(read(wanted)).rejects.toMatchObject(damage)
  })
})
