import { describe, expect, test } from 'vitest'
import { wantedMoment } from '../../../src/domain/oplog/wantedMoment.js'
import { bringSlices } from '../../../src/procedures/copies/bringSlices.js'
import { restorePart } from '../../../src/procedures/moment/restorePart.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { withScratch } from '../../fakes/scratch.js'
import { FakeShelf } from '../../fakes/shelf.js'
import { FakeSlices } from '../../fakes/slices.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { failureIn } from '../archive/feeding.js'
import { disasterInTime, planned, restored } from './scene.js'

const { signal } = new AbortController()

/** A disaster behind which base and slice lie at a place, too. */
async function copied() {
  const scene = await disasterInTime()
  const place = new FakePlace('usb')
  const world = { ...scene.world, copies: [place] }
  const { manifest } = (await scene.shelf.list())[0] ?? {}
  if (!manifest) throw new Error('a base')
  const read = () => scene.shelf.read(`${scene.shelf.folder}/${manifest.file}`)
  await place.put({ manifest, read }, { signal, progress: () => undefined })
  const copies = [{ to: 'usb', state: 'ok' as const, at: '2026-11-21T13:02:04.000Z' }]
  await scene.shelf.annotate(manifest.id, { copies })
  await bringSlices(medical, place, world, signal)
  const [slice] = scene.slices.manifests
  if (!slice) throw new Error('a slice')
  return { ...scene, world, place, first: slice }
}

const flipped = (bytes: Buffer | undefined) => {
  const other = Buffer.from(bytes ?? '')
  other.writeUInt8((other[30] ?? 0) ^ 1, 30)
  return other
}

describe('a slice that is damaged or missing', () => {
  test.each(['damaged', 'missing'])(
    '%s: a sound copy is brought, said so, and stays',
    async (how) => {
      const scene = await copied()
      const { first: slice, slices } = scene
      const sound = slices.files.get(slice.file)
      if (how === 'damaged') slices.files.set(slice.file, flipped(sound))
      else slices.files.delete(slice.file)
      const plan = await planned(scene)
      await plan.release?.()
      expect(plan.warnings?.join()).toContain('a sound copy was brought from usb')
      await restored(scene)
      expect(scene.server.state()['medical_records']).toEqual(scene.good)
      expect(slices.files.get(slice.file)).toEqual(sound)
    },
  )

  test('of which no copy is sound is a gap, with the nearest moments that can be reached', async () => {
    const scene = await copied()
    const { first: slice, slices, place } = scene
    slices.files.set(slice.file, flipped(slices.files.get(slice.file)))
    place.sliceFiles.set(`medical/${slice.file}`, Buffer.alloc(slice.bytes))
    const failure = await failureIn(planned(scene))
    expect(failure).toMatchObject({ code: 'MOMENT_UNREACHABLE', facts: { before: slice.start.at } })
    expect(failure.message).toContain('damaged')
    expect(slices.damages.has(slice.id)).toBe(true)
    expect(await failureIn(planned(scene))).toMatchObject({ code: 'MOMENT_UNREACHABLE' })
  })
})

describe('from a place', () => {
  test('a moment comes back onto an empty shelf, which stays empty but for the safety backup', async () => {
    const scene = await copied()
    const shelf = new FakeShelf()
    const slices = new FakeSlices()
    const world = { ...scene.world, shelf: () => shelf, slices: () => slices }
    const away = { ...scene, world, shelf, slices }
    const { result, receipt } = await restored(away, { from: scene.place })
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(result).toMatchObject({ id: scene.base.id, slices: 1 })
    expect(receipt?.again).toContain('--from usb')
    expect((await shelf.list()).map(({ manifest }) => manifest.purpose)).toEqual(['safety'])
    expect([...shelf.files.keys()].filter((path) => path.endsWith('.spool'))).toEqual([])
    expect(slices.manifests).toEqual([])
  })

  test('one collection comes back too: the base from there is kept until all is restored', async () => {
    const copy = await copied()
    const shelf = new FakeShelf()
    const slices = new FakeSlices()
    const empty = { ...copy.world, shelf: () => shelf, slices: () => slices }
    const scene = withScratch({ ...copy, world: empty })
    const request = {
      target: medical,
      wanted: wantedMoment(copy.time, new Date('2030-01-01T00:00:00Z')),
      choice: { collection: 'healthcare_data' },
      safetyBackup: true,
      allowVersionMismatch: false,
      compression,
      from: copy.place,
      signal,
    }
    const plan = await restorePart.plan(request, scene.world)
    await carriedOut(plan, scene.world).finally(() => plan.release?.())
    expect(copy.server.state()['medical_records']?.['healthcare_data']).toEqual(
      copy.good?.['healthcare_data'],
    )
    expect(scene.own.running.size).toBe(0)
    expect([...shelf.files.keys()].filter((path) => path.endsWith('.spool'))).toEqual([])
  })

  test('what is damaged there ends it before anything is touched, and nothing is left here', async () => {
    const scene = await copied()
    const { first: slice, place, server, shelf } = scene
    place.sliceFiles.set(`medical/${slice.file}`, Buffer.alloc(slice.bytes))
    const before = server.state()
    const failure = await failureIn(planned(scene, { from: place }))
    expect(failure).toMatchObject({ code: 'MOMENT_UNREACHABLE' })
    expect(failure.message).toContain('is damaged')
    expect(server.state()).toEqual(before)
    expect([...shelf.files.keys()].filter((path) => path.endsWith('.spool'))).toEqual([])
    place.sliceFiles.delete(`medical/${slice.file}`)
    expect(await failureIn(planned(scene, { from: place }))).toMatchObject({
      code: 'MOMENT_UNREACHABLE',
    })
  })
})
