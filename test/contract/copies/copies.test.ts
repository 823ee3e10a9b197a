import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../src/domain/manifest.js'
import { manifestFor } from '../../fakes/manifest.js'
import { calm, everyPlace, inPieces } from './everyPlace.js'

const bytes = randomBytes(100_000)
const id = 'medical-20261121T130204Z'

function source(manifest: Manifest, content: Buffer = bytes) {
  return {
    manifest,
    read: () => inPieces(content),
  }
}

const kitOf = (kit: Buffer) => ({
  bytes: kit.length,
  sha256: createHash('sha256').update(kit).digest('hex'),
  holds: ['kit.json'],
  leftOut: [],
})

describe.each(everyPlace())('a place for copies %s', (_name, scene) => {
  test('is empty before anything is brought there', async () => {
    const { place } = await scene()
    expect(await place.list('medical', calm().signal)).toEqual({
      entries: [],
      unreadable: [],
      unfinished: [],
    })
  })

  test('gives back what was brought there, byte for byte, with its manifest', async () => {
    const { place } = await scene()
    const manifest = manifestFor(id, bytes)
    expect(await place.put(source(manifest), calm())).toMatchObject({ done: 'copied' })
    expect((await place.list('medical', calm().signal)).entries).toEqual([
      { manifest, present: true },
    ])
    expect(await buffer(place.read(manifest, calm().signal))).toEqual(bytes)
    await expect(place.verify(manifest, calm())).resolves.toBeUndefined()
  })

  test('tells how far it is, up to the last byte', async () => {
    const { place } = await scene()
    const told: number[] = []
    const watch = { ...calm(), progress: (done: number) => told.push(done) }
    await place.put(source(manifestFor(id, bytes)), watch)
    expect(told.at(-1)).toBe(bytes.length)
  })

  test('leaves what is there whole as it is', async () => {
    const { place } = await scene()
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    const again = {
      manifest,
      read: () => {
        throw new Error('not to be read again')
      },
    }
    expect(await place.put(again, calm())).toMatchObject({ done: 'there', resumedBytes: 0 })
  })

  test('does not carry along what became of copies elsewhere', async () => {
    const { place } = await scene()
    const copies = [{ to: 'usb', state: 'failed' as const, at: '2026-11-21T13:02:04.000Z' }]
    await place.put(source(manifestFor(id, bytes, { copies })), calm())
    const { entries } = await place.list('medical', calm().signal)
    expect(entries[0]?.manifest).not.toHaveProperty('copies')
  })

  test('refuses to put another backup in the place of one with the same id', async () => {
    const { place } = await scene()
    await place.put(source(manifestFor(id, bytes)), calm())
    const other = randomBytes(bytes.length)
    await expect(place.put(source(manifestFor(id, other), other), calm())).rejects.toMatchObject({
      code: 'COPY_CONFLICT',
      kind: 'refused',
    })
    expect(await buffer(place.read(manifestFor(id, bytes), calm().signal))).toEqual(bytes)
  })

  test('takes nothing that is not what its manifest says, and keeps no trace of it', async () => {
    const { place } = await scene()
    const changed = Buffer.from(bytes)
    changed[70_000] = (changed[70_000] ?? 0) ^ 1
    await expect(place.put(source(manifestFor(id, bytes), changed), calm())).rejects.toMatchObject({
      code: 'COPY_SOURCE_CHANGED',
      kind: 'integrity',
    })
    await expect(
      place.put(source(manifestFor(id, bytes), bytes.subarray(0, 50_000)), calm()),
    ).rejects.toMatchObject({ code: 'COPY_SOURCE_CHANGED' })
    expect((await place.list('medical', calm().signal)).entries).toEqual([])
  })

  test('lists no copy that was cut off, and can be asked again', async () => {
    const { place } = await scene()
    const manifest = manifestFor(id, bytes)
    const cut = new AbortController()
    const watch = {
      signal: cut.signal,
      progress: () => {
        cut.abort(new Error('cut off'))
      },
    }
    await expect(place.put(source(manifest), watch)).rejects.toThrow('cut off')
    expect((await place.list('medical', calm().signal)).entries).toEqual([])
    expect(await place.put(source(manifest), calm())).toMatchObject({ done: 'copied' })
    await expect(place.verify(manifest, calm())).resolves.toBeUndefined()
  })

  test('keeps targets apart, even where one name begins like another', async () => {
    const { place } = await scene()
    const other = manifestFor('medical-2-20261121T130204Z', bytes, { target: 'medical-2' })
    await place.put(source(manifestFor(id, bytes)), calm())
    await place.put(source(other), calm())
    const listed = async (target: string) =>
      (await place.list(target, calm().signal)).entries.map(({ manifest }) => manifest.id)
    expect(await listed('medical')).toEqual([id])
    expect(await listed('medical-2')).toEqual([other.id])
  })

  test('lists the newest first', async () => {
    const { place } = await scene()
    const at = (day: string) =>
      manifestFor(`medical-202611${day}T130204Z`, bytes, {
        takenAt: `2026-11-${day}T13:02:04.000Z`,
      })
    for (const day of ['20', '22', '21']) await place.put(source(at(day)), calm())
    const { entries } = await place.list('medical', calm().signal)
    expect(entries.map(({ manifest }) => manifest.id.slice(14, 16))).toEqual(['22', '21', '20'])
  })

  test('finds damage when it reads back, and a file that is gone', async () => {
    const { place, damage, lose } = await scene()
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    await damage(manifest)
    await expect(place.verify(manifest, calm())).rejects.toMatchObject({
      code: 'COPY_DAMAGED',
      exitCode: 12,
    })
    await lose(manifest)
    await expect(place.verify(manifest, calm())).rejects.toMatchObject({
      code: 'COPY_MISSING',
      exitCode: 10,
    })
    expect((await place.list('medical', calm().signal)).entries).toMatchObject([{ present: false }])
    expect(await place.put(source(manifest), calm())).toMatchObject({ done: 'copied' })
    await expect(place.verify(manifest, calm())).resolves.toBeUndefined()
  })

  test('exchanges a damaged copy of the right size where it is told that it is damaged', async () => {
    const { place, damage } = await scene()
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    await damage(manifest)
    expect(await place.put(source(manifest), calm())).toMatchObject({ done: 'there' })
    const brought = await place.put({ ...source(manifest), anew: true }, calm())
    expect(brought).toMatchObject({ done: 'copied' })
    await expect(place.verify(manifest, calm())).resolves.toBeUndefined()
  })

  test('removes a copy, and does not mind one that is gone', async () => {
    const { place } = await scene()
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    await place.remove(manifest, calm().signal)
    expect((await place.list('medical', calm().signal)).entries).toEqual([])
    await expect(place.remove(manifest, calm().signal)).resolves.toBeUndefined()
    await expect(buffer(place.read(manifest, calm().signal))).rejects.toMatchObject({
      code: 'COPY_MISSING',
    })
  })

  test('takes the recovery kit and the guides along, and lets go of the kit with the copy', async () => {
    const { place, beside } = await scene()
    const kit = randomBytes(5_000)
    const kitFile = { ...kitOf(kit), file: `${id}.kit.tar` }
    const guides = { beside: Buffer.from('how to'), above: Buffer.from('which is which') }
    const manifest = manifestFor(id, bytes, { kit: kitFile })
    await place.put({ ...source(manifest), kit, guides }, calm())
    expect(await beside(manifest, `${id}.kit.tar`)).toEqual(kit)
    expect(await beside(manifest, 'RESTORE.md')).toEqual(guides.beside)
    expect(await beside(manifest, '/RESTORE.md')).toEqual(guides.above)
    expect((await place.list('medical', calm().signal)).entries).toEqual([
      { manifest, present: true },
    ])
    await place.remove(manifest, calm().signal)
    expect(await beside(manifest, `${id}.kit.tar`)).toBeUndefined()
    expect(await beside(manifest, 'RESTORE.md')).toEqual(guides.beside)
  })

  test('is brought the kit that a copy lacks, without the copy being sent again', async () => {
    const { place, beside } = await scene()
    await place.put(source(manifestFor(id, bytes)), calm())
    const kit = randomBytes(5_000)
    const manifest = manifestFor(id, bytes, { kit: { ...kitOf(kit), file: `${id}.kit.tar` } })
    const read = () => {
      throw new Error('not to be read again')
    }
    expect(await place.put({ manifest, read, kit }, calm())).toMatchObject({ done: 'there' })
    expect(await beside(manifest, `${id}.kit.tar`)).toEqual(kit)
    expect((await place.list('medical', calm().signal)).entries[0]?.manifest.kit).toEqual(
      manifest.kit,
    )
  })

  test('ends a removal that was cut off, and leaves what lost its manifest in another way', async () => {
    const { place, cutOffRemoval, loseManifest } = await scene()
    const [cut, whole, lost] = ['20', '21', '22'].map((day) =>
      manifestFor(`medical-202611${day}T130204Z`, bytes),
    ) as [Manifest, Manifest, Manifest]
    for (const manifest of [cut, whole, lost]) await place.put(source(manifest), calm())
    await cutOffRemoval(cut)
    await loseManifest(lost)
    const { entries, unfinished } = await place.list('medical', calm().signal)
    expect(entries.map(({ manifest }) => manifest.id)).toEqual([whole.id])
    expect(unfinished).toEqual([cut.id])
    expect(await place.sweep('medical', calm().signal)).toEqual([cut.id])
    await expect(buffer(place.read(cut, calm().signal))).rejects.toMatchObject({
      code: 'COPY_MISSING',
    })
    expect(await buffer(place.read(lost, calm().signal))).toEqual(bytes)
    await expect(place.verify(whole, calm())).resolves.toBeUndefined()
    expect(await place.sweep('medical', calm().signal)).toEqual([])
    expect((await place.list('medical', calm().signal)).unfinished).toEqual([])
  })

  test('leaves a copy whole whose removal was cut off before it began', async () => {
    const { place, announceRemoval } = await scene()
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    await announceRemoval(manifest)
    expect(await place.sweep('medical', calm().signal)).toEqual([])
    expect(await place.list('medical', calm().signal)).toMatchObject({
      entries: [{ present: true }],
      unfinished: [],
    })
  })

  test('removes and sweeps nothing of another target', async () => {
    const { place, cutOffRemoval } = await scene()
    const other = manifestFor('medical-2-20261121T130204Z', bytes, { target: 'medical-2' })
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    await place.put(source(other), calm())
    await cutOffRemoval(other)
    expect(await place.sweep('medical', calm().signal)).toEqual([])
    await place.remove(manifest, calm().signal)
    expect((await place.list('medical-2', calm().signal)).unfinished).toEqual([other.id])
    expect(await buffer(place.read(other, calm().signal))).toEqual(bytes)
  })

  test('can be tried without leaving anything', async () => {
    const { place } = await scene()
    const probe = await place.probe(calm().signal)
    expect(typeof probe.elsewhere).toBe('boolean')
    expect((await place.list('medical', calm().signal)).entries).toEqual([])
  })

  test('ends with the reason of the signal', async () => {
    const { place } = await scene()
    const manifest = manifestFor(id, bytes)
    await place.put(source(manifest), calm())
    const ended = AbortSignal.abort(new Error('enough'))
    await expect(buffer(place.read(manifest, ended))).rejects.toThrow('enough')
  })
})
