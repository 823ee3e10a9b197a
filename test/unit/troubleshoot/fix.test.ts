import { serialize } from 'bson'
import { describe, expect, test } from 'vitest'
import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { needsConfirmation } from '../../../src/procedures/plan.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { withSession } from '../../../src/procedures/withSession.js'
import { slowOperation } from '../../fakes/operations.js'
import { container } from '../../fakes/stack.js'
import { carriedOut, compression, medical } from '../../fakes/world.js'
import { bedside } from './world.js'

describe('ending an operation', () => {
  const ending: Fix = {
    kind: 'operation',
    title: 'end it',
    target: 'medical',
    operation: slowOperation(),
  }

  test('ends the one that was shown, once its name was typed', async () => {
    const { operations, planned, world } = bedside()
    operations.operations = [slowOperation(), slowOperation({ opid: 1 })]
    const plan = await planned(ending)
    expect(needsConfirmation(plan)).toBe(true)
    const { result } = await carriedOut(plan, world)
    expect(operations.log).toEqual(['kill 4711'])
    expect(result.did).toMatchObject({ operation: 4711, ended: 'by ops' })
  })

  test('does nothing where it has ended by itself', async () => {
    const { operations, done } = bedside()
    const { result } = await done(ending)
    expect(operations.log).toEqual([])
    expect(result.did).toMatchObject({ ended: 'by itself' })
  })

  test.each([
    ['another client has its number by now', { client: '172.18.0.1:1', connection: 99 }],
    ['the same client has begun another one', { startedAt: '2026-11-21T13:59:59.000Z' }],
    ['it may change data', { writes: true }],
    ['it waits for somebody else', { waitsForLock: true }],
  ])('leaves it alone where %s', async (_, changes) => {
    const { operations, done } = bedside()
    operations.operations = [slowOperation(changes)]
    await expect(done(ending)).rejects.toMatchObject({ code: 'OPERATION_CHANGED', kind: 'refused' })
    expect(operations.log).toEqual([])
  })

  test('says so where it goes on all the same', async () => {
    const { operations, done } = bedside()
    operations.operations = [slowOperation()]
    operations.deaf = true
    await expect(done(ending)).rejects.toMatchObject({ code: 'OPERATION_STAYS' })
  })
})

describe('building an index that is missed', () => {
  const field = 'billing.billing_amount'
  const building: Fix = {
    kind: 'index',
    title: 'build it',
    target: 'medical',
    namespace: 'medical_records.visits',
    field,
  }

  test('builds and proves it, and undo drops it', async () => {
    const { operations, done, world } = bedside()
    operations.wanting.add(`medical_records.visits ${field}`)
    const { receipt } = await done(building)
    expect(operations.log).toEqual([`build medical_records.visits ${field}`])
    expect(receipt?.index).toEqual({ namespace: 'medical_records.visits', name: `${field}_1` })
    const { signal } = new AbortController()
    await withSession(medical, world, signal, ({ stored }) =>
      stored.buildIndex(
        { database: 'medical_records', collection: 'visits' },
        serialize({ v: 2, key: { [field]: 1 }, name: `${field}_1` }),
      ),
    )
    const request = { target: () => medical, safetyBackup: true, compression }
    const { result } = await carriedOut(await undo.plan(request, world), world)
    expect(result.dropped).toEqual([`medical_records.visits ${field}_1`])
  })

  test('is refused for a field that no document has, or that is indexed by now', async () => {
    const { operations, done } = bedside()
    await expect(done(building)).rejects.toMatchObject({ code: 'INDEX_NOT_WANTED' })
    expect(operations.log).toEqual([])
  })

  test('is taken back where it fails', async () => {
    const { operations, done } = bedside()
    operations.wanting.add(`medical_records.visits ${field}`)
    operations.buildFails = new Error('interrupted')
    await expect(done(building)).rejects.toThrow('interrupted')
    expect(operations.log.at(-1)).toBe(`drop medical_records.visits ${field}_1`)
  })

  test('that somebody else built between plan and run is not dropped', async () => {
    const { operations, planned, world } = bedside()
    operations.wanting.add(`medical_records.visits ${field}`)
    const plan = await planned(building)
    operations.wanting.clear()
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'INDEX_NOT_WANTED' })
    expect(operations.log).toEqual([])
  })

  test('that the server had already when it was to be built is not dropped', async () => {
    const { operations, done } = bedside()
    operations.wanting.add(`medical_records.visits ${field}`)
    operations.othersBuilt = true
    await expect(done(building)).rejects.toMatchObject({ code: 'INDEX_NOT_WANTED' })
    expect(operations.log.filter((line) => line.startsWith('drop'))).toEqual([])
  })

  test.each([undefined, { freeBytes: 9, totalBytes: 100 }])(
    'is refused where the disk has too little room, or does not tell: %j',
    async (room) => {
      const { operations, done } = bedside()
      operations.wanting.add(`medical_records.visits ${field}`)
      operations.room = room
      await expect(done(building)).rejects.toMatchObject({ code: 'INDEX_NO_ROOM', kind: 'space' })
      expect(operations.log).toEqual([])
    },
  )

  test('that is not there after all is no success', async () => {
    const { operations, done } = bedside()
    operations.wanting.add(`medical_records.visits ${field}`)
    operations.forgets = true
    await expect(done(building)).rejects.toMatchObject({ code: 'INDEX_NOT_THERE' })
  })
})

describe('a lock that a dead run left', () => {
  const taking: Fix = { kind: 'stale lock', title: 'take it away', target: 'medical' }

  test('is not taken away while its holder runs', async () => {
    const { planned, locks } = bedside()
    const owner = { command: 'backup', pid: 99, host: 'db01', user: 'root', since: '' }
    locks.held.set('medical', owner)
    await expect(planned(taking)).rejects.toMatchObject({ code: 'LOCK_ALIVE', kind: 'refused' })
    expect(locks.held.get('medical')).toBe(owner)
  })
})

describe('documents that are there more than once', () => {
  const removing: Fix = {
    kind: 'duplicates',
    title: 'remove',
    target: 'medical',
    namespace: 'medical_records.visits',
    fields: [],
  }

  test('are removed after a safety backup, which the record names', async () => {
    const { operations, planned, world } = bedside('stands')
    operations.duplicates = { groups: 2, surplus: 5 }
    const plan = await planned(removing)
    expect(needsConfirmation(plan)).toBe(true)
    expect(plan.loses[0]).toContain('5 documents')
    const { result, receipt } = await carriedOut(plan, world)
    expect(operations.log).toEqual(['remove medical_records.visits'])
    expect(result.did).toMatchObject({ removed: 5, safetyBackup: receipt?.safetyBackup })
    expect(receipt?.safetyBackup).toBeDefined()
    expect(receipt?.touched).toEqual({ databases: ['medical_records'], collection: 'visits' })
  })

  test('stay where there are more of them than before the backup', async () => {
    const { operations, planned, world } = bedside('stands')
    operations.duplicates = { groups: 2, surplus: 5 }
    const plan = await planned(removing)
    operations.beforeCount = () => {
      operations.duplicates = { groups: 2, surplus: 6 }
    }
    await expect(carriedOut(plan, world)).rejects.toMatchObject({ code: 'DUPLICATES_GROWN' })
    expect(operations.log).toEqual([])
  })

  test('stay where finding them needs more than the disk of the server has', async () => {
    const { operations, done } = bedside()
    operations.duplicates = { groups: 2, surplus: 5 }
    operations.needsDisk = true
    operations.bytes = 75e9
    await expect(done(removing)).rejects.toMatchObject({
      code: 'DUPLICATES_NO_ROOM',
      kind: 'space',
    })
    expect(operations.log).toEqual([])
  })

  test('are not looked for twice: where there are none by now, nothing is done', async () => {
    const { operations, done } = bedside()
    await expect(done(removing)).rejects.toMatchObject({ code: 'DUPLICATES_GONE' })
    expect(operations.log).toEqual([])
  })
})

test('a service is brought back as "ops dr container" does it', async () => {
  const { project, done } = bedside()
  project.stack.containers[0] = container('mongodb', { state: 'paused' })
  const cure = 'unpause'
  const { result } = await done({ kind: 'service', title: 'go on', service: 'mongodb', cure })
  expect(project.log).toEqual(['unpause id-mongodb'])
  expect(result.did).toMatchObject({ troubles: [{ kind: 'paused' }] })
})

test('a service that needs something else by now than what was shown is left as it is', async () => {
  const { project, planned } = bedside()
  project.stack.containers[0] = container('mongodb', { state: 'paused' })
  const fix = { kind: 'service', title: 'start it', service: 'mongodb', cure: 'start' } as const
  await expect(planned(fix)).rejects.toMatchObject({ code: 'SERVICE_CHANGED', kind: 'refused' })
  expect(project.log).toEqual([])
})
