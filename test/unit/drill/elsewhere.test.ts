import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { elsewhere } from '../../../src/procedures/drill/elsewhere.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { manifestFor } from '../../fakes/manifest.js'
import { fakeWorld, medical } from '../../fakes/world.js'
import { hospital, slicesBehind } from '../dr/system/scene.js'

const { signal } = new AbortController()
const older = manifestFor('medical-20261121T120000Z', Buffer.from('older'))
const newer = manifestFor('medical-20261121T130000Z', Buffer.from('newer'))

/** Two backups on the shelf, and places that hold some of them. */
async function scene(...held: readonly (readonly (typeof older)[])[]) {
  const { world, shelf } = fakeWorld()
  for (const [manifest, text] of [
    [older, 'older'],
    [newer, 'newer'],
  ] as const) {
    shelf.manifests.set(manifest.id, manifest)
    shelf.files.set(`${shelf.folder}/${manifest.file}`, Buffer.from(text))
  }
  const places = held.map((manifests, at) => {
    const place = new FakePlace(`place${at.toString()}`)
    for (const manifest of manifests) {
      place.manifests.set(manifest.id, manifest)
      place.files.set(manifest.id, Buffer.from(manifest === older ? 'older' : 'newer'))
    }
    return place
  })
  const [newest] = await shelf.list()
  if (!newest) throw new Error('there is a backup')
  const look = () => elsewhere(medical, newest, { ...world, copies: places }, signal)
  return { places, look }
}

describe('what would be left of a system whose host is gone', () => {
  test('is the newest backup that lies at any place', async () => {
    const { look } = await scene([older], [older, newer])
    const { entry, place, notes } = await look()
    expect([entry.manifest.id, place?.name, notes]).toEqual([newer.id, 'place1', []])
  })

  test('is an older one where the newest was not copied, and that is said', async () => {
    const { look } = await scene([older])
    const { entry, notes } = await look()
    expect(entry.manifest.id).toBe(older.id)
    expect(notes.join()).toContain(`${newer.id} lies at no place`)
  })

  test('is nothing where no place is named: the drill makes one, and says so', async () => {
    const { look } = await scene()
    const { entry, place, notes } = await look()
    expect([entry.manifest.id, place]).toEqual([newer.id, undefined])
    expect(notes.join()).toContain('nothing would be left')
  })

  test('is looked for at the next place where one cannot be used', async () => {
    const { look, places } = await scene([newer], [newer])
    const [first] = places
    if (first) first.refuse = new Failure('environment', 'COPY_NOT_MOUNTED', 'no disk', ['mount'])
    const { place, notes } = await look()
    expect(place?.name).toBe('place1')
    expect(notes.join()).toContain('place0 cannot be used: no disk')
  })

  test('is refused where the places hold nothing', async () => {
    const { look } = await scene([], [])
    await expect(look()).rejects.toMatchObject({ kind: 'not-found', code: 'DRILL_NOT_COPIED' })
  })
})

test('slices behind the backup lead further than it', async () => {
  const scene = await hospital(1, false, { oplog: true })
  const { world, place, target } = scene
  const [newest] = await world.shelf(target).list()
  if (!newest) throw new Error('there is a backup')
  expect((await elsewhere(target, newest, world, signal)).reaches).toBeUndefined()
  await slicesBehind(scene)
  const { slices } = await place.sliceHoldings(target.name, signal)
  const { reaches } = await elsewhere(target, newest, world, signal)
  expect(reaches?.until).toEqual(slices[0]?.manifest.end.at)
})
