import { describe, expect, test } from 'vitest'
import { forgetOld } from '../../../src/procedures/dataFiles/forgetOld.js'
import { container } from '../../fakes/stack.js'
import { carriedOut, medical } from '../../fakes/world.js'
import { damagedHospital, planned, recovered, undone } from './scene.js'

describe('a recovery that was killed half-way', () => {
  /** A recovery that was killed after these steps. */
  async function killedAfter(steps: readonly string[]) {
    const scene = await damagedHospital()
    await recovered(scene)
    const done = scene.receipts.saves.findLast(({ command }) => command === 'dr corruption')
    if (!done?.dataFiles) throw new Error('a recovery leaves a record')
    const { folder } = done.dataFiles
    await scene.receipts.save({ ...done, state: 'started', steps, stopped: ['api'] })
    scene.receipts.gone.add(done.id)
    scene.dataVolumes.log.length = 0
    scene.stack.log.length = 0
    scene.stack.containers[2] = container('api', { state: 'exited' })
    scene.clock.advance(1000)
    return { scene, id: done.id, folder }
  }
  const stop = 'Stop healthcare_mongodb'
  const put = 'Put the damaged files aside, and see that all of them are there'

  test('is taken back first, and then brought back anew', async () => {
    const { scene, id, folder } = await killedAfter(['Stop the writers: api'])
    scene.dataVolumes.kept.set(folder, { new: 'empty' })
    const plan = await planned(scene)
    expect(plan.facts.join('\n')).toContain('was killed after "Stop the writers: api"')
    expect(plan.loses.join('\n')).not.toContain('before it was killed')
    const { result } = await carriedOut(plan, scene.world)
    expect(result.verdict).toBe('cut off before')
    expect(scene.dataVolumes.log).toEqual([
      'exchange before',
      'forget',
      'make empty',
      'exchange restored',
    ])
    expect(scene.stack.containers[2]).toMatchObject({ state: 'running' })
    expect(await scene.receipts.read(id)).toMatchObject({ state: 'undone' })
  })

  test('and in use since, keeps what was written then aside, and says before that it is given up', async () => {
    const { scene, folder } = await killedAfter([stop, put, 'Start healthcare_mongodb'])
    const plan = await planned(scene)
    expect(plan.loses[0]).toContain('which had brought the data back before it was killed')
    const { warnings } = await carriedOut(plan, scene.world)
    expect(warnings.join('\n')).toContain(`${folder} on `)
    expect(scene.dataVolumes.log).not.toContain('forget')
    expect(scene.dataVolumes.kept.get(folder)).toEqual({ new: 'empty' })
    expect(scene.server.state()).toEqual(scene.good)
    await carriedOut(await forgetOld.plan({ target: medical }, scene.world), scene.world)
    expect(scene.dataVolumes.kept.size).toBe(0)
  })

  test('while its files were exchanged, keeps both', async () => {
    const { scene, folder } = await killedAfter([stop])
    await recovered(scene)
    expect(scene.dataVolumes.kept.has(folder)).toBe(true)
  })

  test('before anything was destroyed, leaves the server running, which may still be asked for its newest writes', async () => {
    const { scene, id, folder } = await killedAfter(['Stop the writers: api'])
    const cutOff = await scene.receipts.read(id)
    if (cutOff) await scene.receipts.save({ ...cutOff, destroyed: false })
    scene.dataVolumes.kept.set(folder, { new: 'empty' })
    const plan = await planned(scene)
    expect(plan.steps.map(({ title }) => title)).toContainEqual(
      expect.stringMatching(/^Remove what the recovery of .* had prepared$/),
    )
    expect(plan.facts.map(([label]) => label)).toContain('Oplog')
    await carriedOut(plan, scene.world)
    expect(scene.dataVolumes.log).toEqual(['forget', 'make empty', 'exchange restored'])
    expect(await scene.receipts.read(id)).toMatchObject({ state: 'undone' })
  })

  test('is taken back only after the slicer is kept away', async () => {
    const { scene, id } = await killedAfter([stop, put])
    const plan = await planned(scene)
    const names = plan.steps.map(({ title }) => title)
    expect(names[0]).toBe('Keep the slicer away')
    expect(names.findIndex((title) => title.startsWith('Take back'))).toBeGreaterThan(0)
    expect(await scene.receipts.read(id)).toMatchObject({ state: 'started' })
  })

  test('is as it was where the next one fails: its files in place, its server running', async () => {
    const { scene, id } = await killedAfter([stop, put, 'Start healthcare_mongodb'])
    const plan = await planned(scene)
    scene.dataVolumes.mischief = { fails: ['empty'] }
    await expect(carriedOut(plan, scene.world)).rejects.toThrow()
    expect(scene.dataVolumes.inPlace).toBe('empty')
    expect(scene.stack.containers[0]).toMatchObject({ state: 'running' })
    expect(await scene.receipts.read(id)).toMatchObject({ state: 'started' })
  })

  test('before its files came in place, leaves the server running on the damaged ones where the next one fails', async () => {
    const { scene, folder } = await killedAfter(['Stop the writers: api'])
    scene.dataVolumes.kept.set(folder, { new: 'empty' })
    const plan = await planned(scene)
    scene.dataVolumes.mischief = { fails: ['empty'] }
    await expect(carriedOut(plan, scene.world)).rejects.toThrow()
    expect(scene.stack.log.slice(-1)).toEqual(['power on id-mongodb'])
  })

  test('and taken back by an undo, keeps what had come in place', async () => {
    const { scene, id, folder } = await killedAfter([stop, put, 'Start healthcare_mongodb'])
    await undone(scene)
    expect(scene.dataVolumes.inPlace).toBe('before')
    expect(scene.dataVolumes.kept.get(folder)).toEqual({ new: 'empty' })
    expect(await scene.receipts.read(id)).toMatchObject({ state: 'undone' })
  })
})
