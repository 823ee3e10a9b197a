import { describe, expect, test } from 'vitest'
import { withRememberedPlaces } from '../../../src/procedures/status/rememberedPlaces.js'
import { fakeClock } from '../../fakes/clock.js'
import { FakePlace } from '../../fakes/copyPlace.js'

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
  const [remembered] = withRememberedPlaces({ copies: [place], clock }).copies
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
