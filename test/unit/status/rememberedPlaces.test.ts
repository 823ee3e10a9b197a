import { describe, expect, test } from 'vitest'
import { withRememberedPlaces } from '../../../src/procedures/status/rememberedPlaces.js'
import { lookAtStatus } from '../../../src/procedures/status/lookAtStatus.js'
import { fakeClock } from '../../fakes/clock.js'
import { FakePlace } from '../../fakes/copyPlace.js'
import { medical } from '../../fakes/world.js'
import { disasterInTime } from '../moment/scene.js'

const { signal } = new AbortController()

/** A place that counts how often it is asked, of the world of a watch. */
function scene() {
  const clock = fakeClock()
  let asked = 0
  class CountingPlace extends FakePlace {
    override list(...given: Parameters<FakePlace['list']>) {
      asked += 1
      return super.list(...given)
    }
  }
  const place = new CountingPlace('s3')
  const [remembered] = withRememberedPlaces({ copies: [place], clock }, 3600).copies
  if (!remembered) throw new Error('a place')
  const list = (target = 'medical') => remembered.list(target, signal)
  return { clock, place, remembered, list, asked: () => asked }
}

describe('a place that is looked at again and again', () => {
  test('is asked every five minutes at most, for each target', async () => {
    const { list, clock, asked } = scene()
    for (let looks = 0; looks < 61; looks += 1) {
      await list()
      clock.advance(5_000)
    }
    expect(asked()).toBe(2)
    await list('another')
    expect(asked()).toBe(3)
  })

  test.each([
    ['two minutes of loss', 120, 30],
    ['a day of loss', 86_400, 300],
  ])(
    'is asked for its slices as often as a promise of %s wants it',
    async (_, rpoSeconds, seconds) => {
      const clock = fakeClock()
      let asked = 0
      class CountingPlace extends FakePlace {
        override sliceHoldings(...given: Parameters<FakePlace['sliceHoldings']>) {
          asked += 1
          return super.sliceHoldings(...given)
        }
      }
      const copies = [new CountingPlace('s3')]
      const [place] = withRememberedPlaces({ copies, clock }, rpoSeconds).copies
      await place?.sliceHoldings('medical', signal)
      clock.advance(seconds * 1000 - 1)
      await place?.sliceHoldings('medical', signal)
      expect(asked).toBe(1)
      clock.advance(1)
      await place?.sliceHoldings('medical', signal)
      expect(asked).toBe(2)
    },
  )

  test('that refused is asked again after a minute, and is told as refusing until then', async () => {
    const { list, place, clock, asked } = scene()
    place.refuse = new Error('gone')
    await expect(list()).rejects.toThrow('gone')
    await expect(list()).rejects.toThrow('gone')
    expect(asked()).toBe(1)
    place.refuse = undefined
    clock.advance(60_000)
    expect((await list()).entries).toEqual([])
    expect(asked()).toBe(2)
  })

  test('is itself in everything else', async () => {
    const { remembered, place } = scene()
    expect([remembered.name, remembered.where]).toEqual(['s3', place.where])
    expect(await remembered.targets(signal)).toEqual([])
    expect((await remembered.probe(signal)).elsewhere).toBe(true)
  })
})

test('a copy that was brought there since is not missed, and one that is gone by the next list is', async () => {
  const scene = await disasterInTime()
  const usb = new FakePlace()
  const world = withRememberedPlaces({ ...scene.world, copies: [usb] }, 300)
  const promised = { rtoSeconds: 3600, rpoSeconds: 300, backupAgeSeconds: 26 * 3600 }
  const asked = { targets: [medical], promised, shelf: '/shelf', everySeconds: 60, signal }
  const places = async () => {
    const [target] = (await lookAtStatus(asked, world)).targets
    return target?.places.map(({ holdsNewest }) => holdsNewest)
  }
  expect(await places()).toEqual([false])
  const [entry] = await scene.shelf.list()
  if (!entry) throw new Error('a backup')
  const { id } = entry.manifest
  scene.clock.advance(10_000)
  const at = scene.world.clock.now().toISOString()
  await scene.shelf.annotate(id, { copies: [{ to: 'usb', state: 'ok', at }] })
  expect(await places()).toEqual([undefined])
  scene.clock.advance(5 * 60_000)
  // Somebody took it away.
  expect(await places()).toEqual([false])
  usb.manifests.set(id, entry.manifest)
  usb.files.set(id, scene.shelf.files.get(entry.path) ?? Buffer.alloc(0))
  scene.clock.advance(5 * 60_000)
  expect(await places()).toEqual([true])
})
