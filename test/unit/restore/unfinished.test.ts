import { describe, expect, test } from 'vitest'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { cutOffAgain, disaster, restored, type Scene } from './scene.js'

/** A restore that was killed after its safety backup, in the middle of mongorestore. */
async function cutOff(): Promise<Scene & { id: string }> {
  const scene = await disaster()
  return { ...scene, id: await cutOffAgain(scene) }
}

describe('after a restore that was killed half-way', () => {
  test('undo brings the state before it back', async () => {
    const scene = await cutOff()
    const plan = await undo.plan(
      { target: () => medical, safetyBackup: true, compression },
      scene.world,
    )
    const { warnings } = await carriedOut(plan, scene.world)
    expect(warnings).toEqual([expect.stringContaining('is replaced now')])
    expect(warnings.join()).not.toContain('ops undo')
    expect(scene.server.state()['medical_records']).toEqual(scene.bad)
    expect(await scene.receipts.read(scene.id)).toMatchObject({ state: 'undone' })
  })

  test('running it again works, and closes the record', async () => {
    const scene = await cutOff()
    await restored(scene)
    expect(scene.server.state()['medical_records']).toEqual(scene.good)
    expect(await scene.receipts.read(scene.id)).toMatchObject({
      state: 'failed',
      error: { code: 'CUT_OFF' },
    })
    const plan = await takeBackup.plan({ target: medical, compression, safety: false }, scene.world)
    expect((await carriedOut(plan, scene.world)).warnings).toEqual([])
  })
})
