import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { manifestFor } from '../../fakes/manifest.js'
import { calm, everyPlace, inPieces } from './everyPlace.js'

const bytes = randomBytes(100_000)
const id = 'medical-20261121T130204Z'
const sum = (content: Buffer) => createHash('sha256').update(content).digest('hex')

describe.each(everyPlace())('what a host needs that has nothing, at a place %s', (_name, scene) => {
  test('takes images, once each for all targets, and hands them out', async () => {
    const { place } = await scene()
    const { signal } = calm()
    expect([...(await place.images(signal))]).toEqual([])
    const file = (name: string, content: Buffer) => ({
      name,
      bytes: content.length,
      sha256: sum(content),
      read: () => inPieces(content),
    })
    const large = randomBytes(9_000_000)
    await place.bringImage(file('abc.tar.gz', large), calm())
    await place.bringImage(file('abc.json', Buffer.from('{}')), calm())
    const there = [...(await place.images(signal))].sort()
    expect(there.map(([name, { bytes: size }]) => [name, size])).toEqual([
      ['abc.json', 2],
      ['abc.tar.gz', large.length],
    ])
    for (const [, { at }] of there) expect(at).toBeInstanceOf(Date)
    expect((await buffer(place.readImage('abc.tar.gz', signal))).equals(large)).toBe(true)
    expect(await place.targets(signal)).toEqual([])
    await place.removeImage('abc.json', signal)
    await place.removeImage('abc.json', signal)
    expect([...(await place.images(signal)).keys()]).toEqual(['abc.tar.gz'])
    await expect(buffer(place.readImage('abc.json', signal))).rejects.toMatchObject({
      code: 'COPY_MISSING',
    })
  })

  test('tells a host that knows nothing which targets it has, and hands out their kits', async () => {
    const { place } = await scene()
    const { signal } = calm()
    expect(await place.targets(signal)).toEqual([])
    const kit = randomBytes(5_000)
    const guides = { beside: Buffer.from('how to'), above: Buffer.from('which is which') }
    const manifest = manifestFor(id, bytes, {
      kit: { file: `${id}.kit.tar`, bytes: kit.length, sha256: sum(kit), holds: [], leftOut: [] },
    })
    await place.put({ manifest, read: () => inPieces(bytes), kit, guides }, calm())
    const other = manifestFor('ward-20261121T130204Z', bytes, { target: 'ward' })
    await place.put({ manifest: other, read: () => inPieces(bytes) }, calm())
    expect(await place.targets(signal)).toEqual(['medical', 'ward'])
    expect(Buffer.from((await place.kit(manifest, signal)) ?? [])).toEqual(kit)
    expect(await place.kit(other, signal)).toBeUndefined()
  })
})
