import { describe, expect, test } from 'vitest'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { prune } from '../../../src/procedures/retention/prune.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { insert, restored, writtenSince, type Scene } from '../replay/scene.js'
import { settings } from './scene.js'
import { day } from './series.js'

/** A restore kept what it discarded, longer ago than the trash keeps anything. */
async function longAgo(): Promise<Scene> {
  const scene = await writtenSince([insert(4)])
  await restored(scene)
  scene.clock.advance(30 * day)
  return scene
}

async function changed(scene: Scene, state: 'done' | 'undone'): Promise<void> {
  const receipt = (await scene.receipts.list()).find(({ keptWrites }) => keptWrites)
  if (!receipt) throw new Error('a restore has a receipt')
  await scene.receipts.save({ ...receipt, state })
}

const pruning = ({ world }: Scene) =>
  prune.plan(
    {
      ...{ target: medical, retention: settings({ daily: 60, last: 9 }), emptyTrash: false },
      ...{ accept: ['clock', 'many', 'shrunk'] as const, command: 'backup prune' as const },
    },
    world,
  )

describe('kept writes whose time is over', () => {
  test('are deleted by a prune, which says so before and asks for the name', async () => {
    const scene = await longAgo()
    await changed(scene, 'undone')
    const [manifest] = scene.keptWrites.manifests
    const plan = await pruning(scene)
    expect(plan.loses.join()).toContain(`the writes ${manifest?.id ?? ''}`)
    expect(needsConfirmation(plan)).toBe(true)
    await carriedOut(plan, scene.world)
    expect(scene.keptWrites.manifests).toEqual([])
    expect(scene.keptWrites.files.size).toBe(0)
    expect((await pruning(scene)).steps).toEqual([])
  })

  test('stay as long as their restore can be taken back', async () => {
    const scene = await longAgo()
    const plan = await pruning(scene)
    expect([plan.steps, plan.loses]).toEqual([[], []])
    expect(scene.keptWrites.manifests).toHaveLength(1)
  })

  test('stay where they are needed again by the time of the deleting', async () => {
    const scene = await longAgo()
    await changed(scene, 'undone')
    const plan = await pruning(scene)
    await changed(scene, 'done')
    await carriedOut(plan, scene.world)
    expect(scene.keptWrites.manifests).toHaveLength(1)
    expect(scene.keptWrites.files.size).toBe(1)
  })

  test('stay where deleting fails, and the next prune deletes them', async () => {
    const scene = await longAgo()
    await changed(scene, 'undone')
    const erase = scene.keptWrites.erase.bind(scene.keptWrites)
    scene.keptWrites.erase = () => Promise.reject(new Error('EIO'))
    await expect(carriedOut(await pruning(scene), scene.world)).rejects.toThrow()
    expect(scene.keptWrites.manifests).toHaveLength(1)
    scene.keptWrites.erase = erase
    await carriedOut(await pruning(scene), scene.world)
    expect(scene.keptWrites.manifests).toEqual([])
  })
})
