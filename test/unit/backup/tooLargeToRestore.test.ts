import { describe, expect, test } from 'vitest'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import type { World } from '../../../src/ports/world.js'
import { carriedOut, fakeWorld, medical } from '../../fakes/world.js'

/** Where waiting before the next dump takes no time. */
function hospital(largeEntries: number) {
  const scene = fakeWorld()
  scene.server.collection('medical_records', 'healthcare_data', [{ _id: 1 }])
  scene.server.mischief = { largeEntries }
  const slept: number[] = []
  const sleep: World['clock']['sleep'] = (milliseconds, signal) => {
    if (milliseconds < 20_000) return new Promise(() => undefined)
    slept.push(milliseconds)
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    return Promise.resolve()
  }
  const world: World = { ...scene.world, clock: { ...scene.world.clock, sleep } }
  const compression = { level: 1, workers: 2, blockBytes: 4 * 1024 * 1024 }
  const request = { target: medical, compression, safety: false }
  const backUp = async (signal?: AbortSignal) =>
    carriedOut(await takeBackup.plan(request, world), world, signal)
  return { ...scene, slept, backUp }
}

describe('a dump whose oplog holds what mongorestore refuses', () => {
  test('is thrown away and taken again, later: then the write lies before its oplog', async () => {
    const { backUp, server, shelf, slept } = hospital(2)
    const { result, warnings } = await backUp()
    expect(result.trust).toBe('sound')
    expect(server.log).toEqual(['dump everything', 'dump everything', 'dump everything'])
    expect(slept).toEqual([21_000, 21_000])
    expect(warnings).toEqual([
      expect.stringContaining('nobody could restore this dump'),
      expect.stringContaining('mongorestore takes at most 16777216'),
    ])
    expect([...shelf.files.keys()]).toEqual([result.path])
  })

  test('is given up after three, and nothing is on the shelf', async () => {
    const { backUp, server, shelf } = hospital(9)
    await expect(backUp()).rejects.toMatchObject({ code: 'DUMP_ENTRY_TOO_LARGE', exitCode: 1 })
    expect(server.log).toHaveLength(3)
    expect([...shelf.files.keys()]).toEqual([])
    expect(shelf.manifests.size).toBe(0)
  })
})
