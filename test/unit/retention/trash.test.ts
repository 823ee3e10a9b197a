import { describe, expect, test } from 'vitest'
import { carriedOut } from '../../fakes/world.js'
import { pruning, shelfScene } from './scene.js'
import { day } from './series.js'

describe('pruning', () => {
  test('deletes nothing from the trash while the shelf has no good one: it may hold the last', async () => {
    const scene = shelfScene(9)
    await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    scene.clock.advance(7.1 * day)
    for (const id of scene.ids.slice(0, 7)) scene.put(id, { trust: 'damaged' })
    const plan = await pruning(scene, { daily: 7 }, ['clock'])
    expect(plan.steps).toEqual([])
    expect(plan.facts).toContainEqual([
      'Stays in the trash',
      `${scene.ids[8] ?? ''}: no good one is on the shelf`,
    ])
    expect(await scene.shelf.trash()).toHaveLength(2)
  })

  test('looks under the lock whether the trash holds the last by now', async () => {
    const scene = shelfScene(9)
    await carriedOut(await pruning(scene, { daily: 7 }), scene.world)
    scene.clock.advance(7.1 * day)
    const plan = await pruning(scene, { daily: 7 }, ['clock'])
    for (const id of scene.ids.slice(0, 7)) scene.put(id, { trust: 'damaged' })
    const { result } = await carriedOut(plan, scene.world)
    expect(result.erased).toEqual([])
    expect(await scene.shelf.trash()).toHaveLength(2)
  })

  test('ends what a killed run began, also where nothing else has to go', async () => {
    const scene = shelfScene(2)
    const [id = ''] = scene.ids
    const file = `/shelf/medical/.trash/${id}.archive.gz`
    scene.shelf.leftovers.push({ file, bytes: 10, fate: 'erased' })
    const plan = await pruning(scene, { daily: 7 })
    expect(plan.facts).toContainEqual(['Ends', `what was begun with ${id} and cut off`])
    const { result, warnings } = await carriedOut(plan, scene.world)
    expect(warnings).toEqual([expect.stringContaining(file)])
    expect(result).toMatchObject({ removed: [], erased: [], receipt: null })
    expect((await pruning(scene, { daily: 7 })).steps).toEqual([])
  })

  test('empties the trash only of what was shown', async () => {
    const scene = shelfScene(9)
    const plan = await pruning(scene, { daily: 7 }, [], true)
    const late = scene.put('medical-20261112T120000Z', { trust: 'damaged' })
    await scene.shelf.remove([late], { at: scene.clock.now(), command: 'backup delete' })
    const { result } = await carriedOut(plan, scene.world)
    expect([...result.erased].sort()).toEqual(scene.ids.slice(7).sort())
    expect((await scene.shelf.trash()).map(({ id }) => id)).toEqual([late])
  })
})
