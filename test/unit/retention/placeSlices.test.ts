import { expect, test } from 'vitest'
import { bringSlices } from '../../../src/procedures/copies/bringSlices.js'
import { prunePlace } from '../../../src/procedures/retention/prunePlace.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { sliceScene } from '../oplog/scene.js'
import { placed } from './placeScene.js'

const { signal } = new AbortController()
const day = 24 * 60 * 60

/** Four bases on four days, each with two slices behind it, all of it copied to a place. */
async function scene() {
  const all = sliceScene()
  const { oplog, slice, base, shelf, clock } = all
  const place = new FakePlace('usb')
  const world = { ...all.world, copies: [place] }
  const ids: string[] = []
  for (let at = 0; at < 4; at++) {
    const last = oplog.write()
    ids.push(base(last, clock.now().toISOString()))
    for (let row = 0; row < 2; row++) {
      oplog.write()
      await slice()
    }
    clock.advance(day * 1000)
  }
  for (const id of ids) {
    const copies = [{ to: 'usb', state: 'ok' as const, at: clock.now().toISOString() }]
    await shelf.annotate(id, { copies })
    const manifest = shelf.manifests.get(id)
    if (manifest) place.manifests.set(id, manifest)
    place.files.set(
      id,
      shelf.files.get(`${shelf.folder}/${manifest?.file ?? ''}`) ?? Buffer.alloc(0),
    )
  }
  await bringSlices(medical, place, world, signal)
  // By the clock of the oplog all of it is long ago.
  const now = new Date((oplog.entriesHeld.at(-1)?.point.at.seconds ?? 0) * 1000 + 10 * day * 1000)
  const later = { ...world, clock: { ...world.clock, now: () => now } }
  return { ...all, world: later, place, ids }
}

const held = (place: FakePlace) =>
  [...place.sliceFiles.keys()].filter((name) => name.endsWith('.oplog.gz')).length

test('slices at a place go with the last copy that leads to them, and are not brought again', async () => {
  const { world, place, ids, slices } = await scene()
  expect(held(place)).toBe(8)
  const retention = { ...placed({ last: 1, minGood: 1 }), sliceSeconds: day }
  const request = { target: medical, place, retention, accept: ['many', 'clock'] as const, signal }
  const plan = await prunePlace.plan({ ...request, command: 'backup prune' }, world)
  expect(plan.facts.join()).toContain('slices of the oplog')
  const { result } = await carriedOut(plan, world)
  expect(result.removed).toEqual(ids.slice(0, 3))
  expect(result.slices.removed).toBe(6)
  expect(held(place)).toBe(2)
  await bringSlices(medical, place, world, signal, { sliceSeconds: day })
  expect(held(place)).toBe(2)
  expect(slices.manifests).toHaveLength(8)
})

test('a lock keeps them, and is told of', async () => {
  const { world, place, slices } = await scene()
  for (const { id } of slices.manifests) place.locked.add(id)
  const retention = { ...placed({ last: 1, minGood: 1 }), sliceSeconds: day }
  const request = { target: medical, place, retention, accept: ['many', 'clock'] as const, signal }
  const plan = await prunePlace.plan({ ...request, command: 'backup prune' }, world)
  const { result, warnings } = await carriedOut(plan, world)
  expect(result.slices.removed).toBe(0)
  expect(warnings.join()).toContain('slices stay in usb')
})
