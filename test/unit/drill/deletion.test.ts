import { expect, test } from 'vitest'
import { deletionScenario } from '../../../src/procedures/drill/deletion.js'
import { FakeLaboratory } from '../../fakes/laboratory.js'
import { context, wardOf } from './ward.js'

async function scene() {
  const laboratory = new FakeLaboratory()
  const clone = await laboratory.open({ name: 'x', services: {} })
  return { laboratory, ward: wardOf(clone) }
}

test('a deletion takes what is there, never the numbered documents', async () => {
  const { laboratory, ward } = await scene()
  await deletionScenario.strikes[0]?.inject(ward, context)
  expect(laboratory.log).toEqual([
    'delete from medical_records but medical_records.ops_drill_writes',
  ])
})

test('a backup without a document cannot be drilled in this way', async () => {
  const { laboratory, ward } = await scene()
  laboratory.deleted = { namespace: '', documents: 0 }
  await expect(deletionScenario.strikes[0]?.inject(ward, context)).rejects.toMatchObject({
    code: 'DRILL_NO_DATA',
  })
})

test('a deletion that the oplog does not tell of fails the recovery', async () => {
  const { laboratory, ward } = await scene()
  laboratory.inside.server.oplog.write()
  await expect(deletionScenario.recover(ward, context)).rejects.toMatchObject({
    code: 'DELETION_UNSEEN',
  })
})
