import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { keepImages } from '../../../src/procedures/images/keepImages.js'
import { FakeImages } from '../../fakes/keptImages.js'
import { manifestFor } from '../../fakes/manifest.js'
import { service } from '../../fakes/project.js'
import { FakeSupplies } from '../../fakes/supplies.js'
import { carriedOut, compression } from '../../fakes/world.js'
import { bareHost, hospital } from '../dr/system/scene.js'

const id = 'sha256:1'
const files = ['1.json', '1.tar.gz']

/** A host whose engine has no image until one is loaded. */
function withoutImages(place: Awaited<ReturnType<typeof hospital>>['place']) {
  const host = bareHost(place)
  Object.assign(host.world.engine, {
    image: (name: string) =>
      Promise.resolve(host.supplies.images.has(name) ? { id, bytes: 1 } : undefined),
  })
  return host
}

describe('images that are kept with the backups', () => {
  test('lie on the shelf and at each place, once, and the manifest says which', async () => {
    const { place, images, shelf, ids, supplies } = await hospital(2, true)
    expect([...images.kept.keys()]).toEqual([id])
    expect([...place.imageFiles.keys()].sort()).toEqual(files)
    expect(shelf.manifests.get(ids[0] ?? '')?.kit?.images).toEqual([id])
    // What is kept is not asked for again.
    supplies.images.clear()
    expect(place.manifests.get(ids[1] ?? '')?.kit?.images).toEqual([id])
  })

  test('cannot be those with a digest in their name, which only a registry gives', async () => {
    const world = { images: new FakeImages(), supplies: new FakeSupplies() }
    const said: string[] = []
    const { signal } = new AbortController()
    const images = [{ service: 'mongodb', name: 'mongo@sha256:abc', id: 'sha256:1' }]
    expect(await keepImages({ images }, world, signal, (text) => said.push(text))).toEqual([])
    expect(said.join()).toContain('only had from a registry')
  })

  test('are not kept where nobody asked for it', async () => {
    const { place, images } = await hospital()
    expect(images.kept.size + place.imageFiles.size).toBe(0)
  })

  test('go with the last backup that needs them, on the shelf and at a place; never while a manifest cannot be read', async () => {
    const scene = await hospital(1, true)
    const { place, images, world, kit, clock } = scene
    const old = { name: 'old:1', bytes: 1, rawBytes: 1, sha256: '' }
    images.kept.set('sha256:0', { image: { ...old, id: 'sha256:0' }, file: Buffer.alloc(1) })
    for (const name of ['0.json', '0.tar.gz', '2.json', '2.tar.gz'])
      place.imageFiles.set(name, Buffer.alloc(1))
    const needs = { file: 'x', bytes: 1, sha256: '', holds: [], leftOut: [], images: ['sha256:2'] }
    const other = 'ward-20261121T130204Z'
    place.manifests.set(other, manifestFor(other, Buffer.alloc(1), { target: 'ward', kit: needs }))
    images.needed = []
    const again = async (request: object = {}) => {
      clock.advance(60_000)
      const [target] = kit.targets
      if (!target) throw new Error('the scene has a target')
      const asked = { target, compression, safety: false, kit: { ...kit, ...request } }
      await carriedOut(await takeBackup.plan(asked, world), world)
    }
    await again({ unpruned: ['usb'] })
    expect([...images.kept.keys()]).toEqual([id])
    expect(place.imageFiles.size).toBe(6)
    const list = place.list.bind(place)
    place.list = async (...given) => ({
      ...(await list(...given)),
      unreadable: [{ file: 'x.json', reason: 'it is no JSON' }],
    })
    await again()
    expect(place.imageFiles.size).toBe(6)
    place.list = list
    // Another host has brought it today, and its manifest may be on its way.
    place.imageTimes.set('0.json', clock.now())
    await again()
    expect(place.imageFiles.size).toBe(6)
    place.imageTimes.clear()
    await again()
    expect([...place.imageFiles.keys()].sort()).toEqual([...files, '2.json', '2.tar.gz'])
  })

  test('that cannot be tidied up fail no backup', async () => {
    const { world, images, kit } = await hospital(1, true)
    images.sweep = () => Promise.reject(new Failure('environment', 'SHELF_UNWRITABLE', 'no', []))
    const [target] = kit.targets
    if (!target) throw new Error('the scene has a target')
    const plan = await takeBackup.plan({ target, compression, safety: false, kit }, world)
    const { warnings } = await carriedOut(plan, world)
    expect(warnings.join()).toContain('were not tidied up')
  })
})

describe('a host that has no image', () => {
  test('gets it from the place', async () => {
    const { place } = await hospital(1, true)
    const host = withoutImages(place)
    const { result } = await host.recover()
    expect([...host.supplies.images]).toEqual(['ops-mongo:6.0.5'])
    expect(result).toMatchObject({ images: ['ops-mongo:6.0.5'], missing: [] })
  })

  test.each([
    ['is damaged', '1.tar.gz'],
    ['has no paper that can be read', '1.json'],
  ])('and whose archive %s, is told so', async (_, name) => {
    const { place } = await hospital(1, true)
    const bytes = place.imageFiles.get(name) ?? Buffer.alloc(0)
    const at = name.endsWith('.json') ? 0 : 20
    bytes[at] = (bytes[at] ?? 0) ^ 255
    await expect(withoutImages(place).recover()).rejects.toMatchObject({
      code: 'IMAGE_DAMAGED',
      exitCode: 12,
    })
  })

  test('asks a registry for one whose archive is damaged, and leaves one that compose builds to it', async () => {
    const { place } = await hospital(1, true)
    const bytes = place.imageFiles.get('1.tar.gz') ?? Buffer.alloc(0)
    bytes[20] = (bytes[20] ?? 0) ^ 255
    const host = withoutImages(place)
    host.supplies.registry.add('ops-mongo:6.0.5')
    const { result, warnings } = await host.recover()
    expect(warnings.join()).toContain('its registry is asked instead')
    expect(result).toMatchObject({ images: ['ops-mongo:6.0.5'], missing: [] })
    const built = withoutImages(place)
    built.supplies.registry.add('ops-mongo:6.0.5')
    built.project.project = {
      ...built.project.project,
      services: { mongodb: service('mongodb', { buildContext: '/srv/image' }) },
    }
    const recovered = await built.recover()
    expect(recovered.warnings.join()).toContain('compose builds it instead')
    expect(recovered.result.images).toEqual([])
    expect(built.supplies.images.size).toBe(0)
  })

  test('asks nobody for one that compose builds', async () => {
    const { place } = await hospital()
    const host = withoutImages(place)
    const build = service('mongodb', { buildContext: '/srv/image' })
    const { services } = host.project.project
    const others = Object.keys(services).filter((name) => name !== 'mongodb')
    host.project.project = {
      ...host.project.project,
      services: {
        ...Object.fromEntries(others.map((name) => [name, service(name)])),
        mongodb: build,
      },
    }
    const plan = await host.plan()
    expect(plan.facts).toContainEqual([
      'Image ops-mongo:6.0.5',
      'is built by compose, from the files of the kit',
    ])
    expect((await host.run(plan)).result.missing).toEqual([])
  })

  test('asks a registry where none is kept, and without that gives up before anything is started', async () => {
    const { place } = await hospital()
    const host = withoutImages(place)
    await expect(host.recover()).rejects.toMatchObject({ code: 'IMAGE_NOT_HAD', exitCode: 10 })
    expect(host.project.log).toEqual([])
    host.supplies.registry.add('ops-mongo:6.0.5')
    expect((await host.recover()).result.images).toEqual(['ops-mongo:6.0.5'])
  })
})
