import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { bytes as sliceBytes, manifestOf, point } from '../slices/sliceManifest.js'
import { manifestFor } from '../../fakes/manifest.js'
import { calm, everyPlace, inPieces } from './everyPlace.js'

const bytes = randomBytes(100_000)
const id = 'medical-20261121T130204Z'

describe.each(everyPlace())('a place for slices %s', (_name, scene) => {
  test('takes files of slices, whole or not at all, and tells which are there', async () => {
    const made = await scene()
    const { place } = made
    const { signal } = calm()
    expect([...(await place.slices('medical', signal))]).toEqual([])
    const file = (name: string, content: Buffer, claimed = content) => ({
      target: 'medical',
      name,
      bytes: claimed.length,
      sha256: createHash('sha256').update(claimed).digest('hex'),
      read: () => inPieces(content),
    })
    await place.bringSlice(file('one.oplog.gz', bytes), calm())
    await expect(
      place.bringSlice(file('two.oplog.gz', bytes, randomBytes(bytes.length)), calm()),
    ).rejects.toMatchObject({ code: 'COPY_SOURCE_CHANGED', kind: 'integrity' })
    expect([...(await place.slices('medical', signal))]).toEqual([['one.oplog.gz', bytes.length]])
    // In place of one that is there.
    const other = randomBytes(9_000_000)
    await place.bringSlice(file('one.oplog.gz', other), calm())
    expect([...(await place.slices('medical', signal))]).toEqual([['one.oplog.gz', other.length]])
    const there = await made.beside(manifestFor(id, bytes), 'oplog/one.oplog.gz')
    expect(there?.equals(other)).toBe(true)
    expect((await place.list('medical', signal)).entries).toEqual([])
  })

  test('tells what the papers of slices say, gives their bytes back, and removes them for good', async () => {
    const { place } = await scene()
    const { signal } = calm()
    const empty = { slices: [], anchors: [], gaps: [], unreadable: [] }
    expect(await place.sliceHoldings('medical', signal)).toEqual(empty)
    const manifest = manifestOf(0, 1)
    const anchor = { version: 1 as const, base: id, timeline: 1, last: point(0) }
    const gap = {
      version: 1 as const,
      target: 'medical',
      timeline: 1,
      after: point(1),
      reason: 'overflow' as const,
      at: '2026-11-21T13:02:04.000Z',
    }
    const bring = (name: string, content: Buffer) =>
      place.bringSlice(
        {
          target: 'medical',
          name,
          bytes: content.length,
          sha256: createHash('sha256').update(content).digest('hex'),
          read: () => inPieces(content),
        },
        calm(),
      )
    const paper = (content: object) => Buffer.from(JSON.stringify(content))
    await bring(`${id}.base.json`, paper(anchor))
    await bring(`${manifest.id}.json`, paper(manifest))
    await bring('medical-0001.gap.json', paper(gap))
    const held = { anchors: [anchor], gaps: [gap], unreadable: [] }
    expect(await place.sliceHoldings('medical', signal)).toEqual({
      ...held,
      slices: [{ manifest, present: false }],
    })
    await bring(manifest.file, sliceBytes)
    expect(await place.sliceHoldings('medical', signal)).toEqual({
      ...held,
      slices: [{ manifest, present: true }],
    })
    expect(await buffer(place.readSlice('medical', manifest.file, signal))).toEqual(sliceBytes)
    await place.removeSlice(manifest, signal)
    await place.removeSlice(manifest, signal)
    expect((await place.sliceHoldings('medical', signal)).slices).toEqual([])
    await expect(buffer(place.readSlice('medical', manifest.file, signal))).rejects.toMatchObject({
      code: 'COPY_MISSING',
    })
  })
})
