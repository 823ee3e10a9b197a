import { expect, test } from 'vitest'
import { corruptionScenario } from '../../../src/procedures/drill/corruption.js'
import type { Ward } from '../../../src/procedures/drill/scenario.js'
import { FakeLaboratory } from '../../fakes/laboratory.js'
import { damagedHospital, hospital, type Scene } from '../corruption/scene.js'
import { context, wardOf } from './ward.js'

/** A ward whose clone is that hospital. */
async function ward({ world }: Scene): Promise<Ward> {
  const clone = await new FakeLaboratory().open({ name: 'x', services: {} })
  return wardOf({ ...clone, world })
}

test('damage that nobody finds is no recovery, although the server answers', async () => {
  const recovering = corruptionScenario.recover(await ward(await hospital()), context)
  await expect(recovering).rejects.toMatchObject({ kind: 'failed', code: 'DAMAGE_NOT_SEEN' })
})

test('damage that is found is brought back', async () => {
  const scene = await damagedHospital()
  await corruptionScenario.recover(await ward(scene), context)
  expect(scene.server.state()).toEqual(scene.good)
})
