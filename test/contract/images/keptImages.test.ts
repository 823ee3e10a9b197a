import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { folderImages } from '../../../src/adapters/images/folderImages.js'
import type { KeptImages } from '../../../src/ports/keptImages.js'
import { FakeImages } from '../../fakes/keptImages.js'
import { manifestFor } from '../../fakes/manifest.js'
import { cleanUp } from '../../support/cleanUp.js'

const made = cleanUp()
afterEach(() => made.all())

const { signal } = new AbortController()
const image = { id: 'sha256:abc', name: 'ops-mongo:6.0.5' }
const raw = Buffer.concat([randomBytes(100_000), Buffer.alloc(100_000)])

async function* archive(bytes = raw): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 30_000)
    yield await Promise.resolve(bytes.subarray(at, at + 30_000))
}

const shelf = async () =>
  made.made(await mkdtemp(join(tmpdir(), 'ops-images-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )

describe.each<[string, () => Promise<KeptImages>]>([
  ['in memory', () => Promise.resolve(new FakeImages())],
  ['on a shelf', async () => folderImages(await shelf())],
])('images kept %s', (_, make) => {
  test('are given back, byte for byte, once they are unpacked', async () => {
    const images = await make()
    expect(await images.find(image.id)).toBeUndefined()
    const kept = await images.keep(image, archive(), signal)
    expect(kept).toMatchObject({ ...image, rawBytes: raw.length })
    expect(await images.find(image.id)).toEqual(kept)
    const file = await buffer(images.read(kept))
    expect(file.length).toBe(kept.bytes)
    expect(gunzipSync(file).equals(raw)).toBe(true)
  })

  test('of which nothing stays where the engine breaks off', async () => {
    const images = await make()
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(raw)
      throw new Error('the engine is gone')
    }
    await expect(images.keep(image, broken(), signal)).rejects.toThrow('the engine is gone')
    expect(await images.find(image.id)).toBeUndefined()
  })
})

test('a file that is not whole is none', async () => {
  const folder = await shelf()
  const images = folderImages(folder)
  const kept = await images.keep(image, archive(), signal)
  await truncate(join(folder, '.images/abc.tar.gz'), kept.bytes - 1)
  expect(await images.find(image.id)).toBeUndefined()
  await images.keep(image, archive(), signal)
  expect(await images.find(image.id)).toEqual(kept)
  expect((await readdir(join(folder, '.images'))).sort()).toEqual(['abc.json', 'abc.tar.gz'])
})

test('what no backup needs goes, also none in the trash; what one needs stays', async () => {
  const folder = await shelf()
  const images = folderImages(folder)
  const ids = ['one', 'two', 'three', 'four', 'five'].map((name) => `sha256:${name}`)
  for (const id of ids) await images.keep({ ...image, id }, archive(), signal)
  const manifest = (id: string, needs: string) => {
    const kit = { file: 'x', bytes: 1, sha256: '', holds: [], leftOut: [], images: [needs] }
    return JSON.stringify(manifestFor(id, raw, { kit }))
  }
  await mkdir(join(folder, 'medical/.trash'), { recursive: true })
  const [first, second] = ['medical-20261121T130204Z', 'medical-20261120T130204Z']
  await writeFile(join(folder, `medical/${first}.json`), manifest(first, 'sha256:one'))
  await writeFile(join(folder, `medical/.trash/${second}.json`), manifest(second, 'sha256:two'))
  // Another run may have kept them, and be about to name them.
  const yesterday = new Date(Date.now() - 86_400_000)
  expect(await images.sweep(['sha256:three'], yesterday)).toEqual([])
  for (const name of ['one', 'four', 'five'])
    await utimes(join(folder, `.images/${name}.json`), yesterday, yesterday)
  expect(await images.need('sha256:five')).toMatchObject({ id: 'sha256:five' })
  expect(await images.need('sha256:six')).toBeUndefined()
  const anHourAgo = new Date(Date.now() - 3_600_000)
  expect(await images.sweep(['sha256:three'], anHourAgo)).toEqual(['four'])
  expect((await readdir(join(folder, '.images'))).length).toBe(8)
  expect(await images.sweep(ids, new Date())).toEqual([])
})
