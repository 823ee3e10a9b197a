import { describe, expect, test } from 'vitest'
import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import type { Mongo } from '../../../src/ports/mongo.js'
import { FakeSharedKeys } from '../../fakes/sharedKeys.js'
import { carriedOut } from '../../fakes/world.js'
import { bedside } from './world.js'

const removing: Fix = {
  kind: 'duplicates',
  title: 'remove',
  target: 'medical',
  namespace: 'medical_records.visits',
  fields: ['name'],
}

const patients = [
  { _id: 1, name: 'Ada', age: 1 },
  { _id: 2, name: 'Ada', age: 1 },
  { _id: 3, name: 'Ada', age: 2 },
  { _id: 4, name: 'Bob', age: 3 },
  { _id: 5, age: 4 },
  { _id: 6, age: 4 },
]

function scene() {
  const it = bedside('stands')
  it.operations.shared = new FakeSharedKeys(patients)
  return it
}

describe('documents that share a key that somebody named', () => {
  test('are shown before anything is agreed to: how many, how many of them differ, and some _ids', async () => {
    const plan = await scene().planned(removing)
    const facts = new Map(plan.facts)
    expect(facts.get('Same')).toContain('2 documents too many')
    expect(facts.get('Differ')).toContain('1 of the 2')
    expect(facts.get('For example')).toContain('3 documents, among them 1 and 3')
    expect(plan.loses[0]).toContain('2 documents')
    expect(plan.loses[1]).toContain('1 of them')
    expect(JSON.stringify([plan.title, plan.facts, plan.loses])).not.toContain('Ada')
    expect(needsConfirmation(plan)).toBe(true)
  })

  test('are removed but for the first, after a safety backup; without the key they stay', async () => {
    const { operations, planned, world } = scene()
    const { result, receipt } = await carriedOut(await planned(removing), world)
    expect(operations.log).toEqual(['remove medical_records.visits by name'])
    expect(result.did).toMatchObject({ by: ['name'], removed: 2, differing: 1 })
    expect(result.did).toMatchObject({ safetyBackup: receipt?.safetyBackup })
    expect(receipt?.safetyBackup).toBeDefined()
    expect(receipt?.touched).toEqual({ databases: ['medical_records'], collection: 'visits' })
    const left = new FakeSharedKeys(patients.filter(({ _id }) => ![2, 3].includes(_id)))
    expect(operations.shared.documents).toEqual(left.documents)
  })

  test('that nobody was shown keep all of them from being removed', async () => {
    const { operations, planned, world } = scene()
    const plan = await planned(removing)
    operations.shared = new FakeSharedKeys([...patients, { _id: 7, name: 'Bob', age: 9 }])
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'DUPLICATES_GROWN' })
    expect(operations.log).toEqual([])
  })

  test('stay where they were written to since they were shown', async () => {
    const { operations, planned, world } = scene()
    const plan = await planned(removing)
    const later = patients.map((one) => (one._id === 3 ? { ...one, age: 99 } : one))
    operations.shared = new FakeSharedKeys(later)
    const { result } = await carriedOut(plan, world)
    expect(result.did).toMatchObject({ removed: 1 })
    const left = new FakeSharedKeys(later.filter(({ _id }) => _id !== 2))
    expect(operations.shared.documents).toEqual(left.documents)
  })

  test('are refused where there are none by now, or looking needs more than the server has', async () => {
    const { operations, planned } = scene()
    await expect(planned({ ...removing, fields: ['nothing'] })).rejects.toMatchObject({
      code: 'DUPLICATES_GONE',
    })
    operations.needsDisk = true
    operations.bytes = 75e9
    await expect(planned(removing)).rejects.toMatchObject({ code: 'DUPLICATES_NO_ROOM' })
    expect(operations.log).toEqual([])
  })

  test.each([{ fields: ['name'] }, { fields: [] }])(
    'are not removed from a view, by whatever key: %j',
    async ({ fields }) => {
      const { planned, world } = scene()
      const mongo: Mongo = {
        async connect(target, signal) {
          const session = await world.mongo.connect(target, signal)
          const all = await session.namespaces(['medical_records'], 'roughly')
          const asViews = all.map((one) => ({ ...one, type: 'view' as const }))
          return { ...session, namespaces: () => Promise.resolve(asViews) }
        },
      }
      await expect(planned({ ...removing, fields }, { ...world, mongo })).rejects.toMatchObject({
        code: 'DUPLICATES_NOT_REMOVABLE',
        kind: 'refused',
      })
    },
  )

  test.each(['medical_records.system.buckets.visits', 'admin.visits', 'medical_records.nowhere'])(
    'are not removed from what is no collection of yours: %s',
    async (namespace) => {
      await expect(scene().planned({ ...removing, namespace })).rejects.toMatchObject({
        code: 'DUPLICATES_NOT_REMOVABLE',
      })
    },
  )

  test('stay where the one that would be kept was written to since', async () => {
    const { operations, planned, world } = scene()
    const plan = await planned(removing)
    const later = patients.map((one) => (one._id === 1 ? { ...one, age: 99 } : one))
    operations.shared = new FakeSharedKeys(later)
    const { result } = await carriedOut(plan, world)
    expect(result.did).toMatchObject({ removed: 0 })
  })
})
