import { describe, expect, test } from 'vitest'
import type { Receipt } from '../../../src/domain/receipt.js'
import { releaseAbandonedLocks } from '../../../src/procedures/dataFiles/abandonedLocks.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { unfinished } from '../../../src/procedures/restore/unfinished.js'
import type { FakeServer } from '../../fakes/server.js'
import { compression, medical } from '../../fakes/world.js'
import { hospital } from './scene.js'

const cutOff: Receipt = {
  id: 'backup-1',
  command: 'backup',
  target: 'medical',
  title: 'copy the data files of medical',
  startedAt: '2026-11-21T13:00:00.000Z',
  state: 'started',
  actor: 'nurse',
  host: 'host',
  pid: 1,
  steps: [],
  writesLocked: true,
  writeLock: {
    askedAt: '2026-11-21T13:00:01.000Z',
    process: '6553f1000000000000000001',
    connection: 7,
    holder: 4711,
    locks: 1,
    guarded: true,
  },
}

/** The lock of the run that was cut off. */
const ours = { lockHolder: 4711, lockTakers: [7] }

async function released(changes: Partial<Receipt> = {}, gone = true, locks = 1) {
  const scene = hospital()
  await scene.receipts.save({ ...cutOff, ...changes })
  if (gone) scene.receipts.gone.add(cutOff.id)
  Object.assign(scene.server, { locks, ...(locks > 0 ? ours : {}) })
  const said: string[] = []
  await releaseAbandonedLocks([medical], scene.world, (text) => said.push(text))
  return { ...scene, said, receipt: await scene.receipts.read(cutOff.id) }
}

describe('a lock that a killed run left', () => {
  test('is released by the next command, which says so and closes the record', async () => {
    const { server, said, receipt } = await released()
    expect(server.locks).toBe(0)
    expect(said).toEqual([expect.stringContaining('released the writes to medical')])
    expect(receipt).toMatchObject({ state: 'failed', writesLocked: false })
  })

  test('is released too where the run itself could not', async () => {
    const { server } = await released({ state: 'failed' }, false)
    expect(server.locks).toBe(0)
  })

  test('is left alone while its run goes on', async () => {
    const { server, said } = await released({}, false)
    expect(server.locks).toBe(1)
    expect(said).toEqual([])
  })

  test('that its guard released is told, once', async () => {
    const { server, said, receipt, world } = await released({}, true, 0)
    expect(server.log).toEqual([])
    expect(said).toEqual([expect.stringContaining('blocks no writes any more')])
    expect(receipt?.state).toBe('failed')
    const again: string[] = []
    await releaseAbandonedLocks([medical], world, (text) => again.push(text))
    expect(again).toEqual([])
  })

  test('that cannot be released is told, and stops nothing', async () => {
    const scene = hospital()
    await scene.receipts.save(cutOff)
    scene.receipts.gone.add(cutOff.id)
    Object.assign(scene.server, { locks: 1, ...ours })
    scene.server.mischief.deaf = true
    const said: string[] = []
    await releaseAbandonedLocks([medical], scene.world, (text) => said.push(text))
    expect(said).toEqual([expect.stringContaining('could not be released')])
    expect((await scene.receipts.read(cutOff.id))?.writesLocked).toBe(true)
  })

  test('is no half-done change of data: nothing of it is to be taken back', async () => {
    const { world, receipts } = await released({}, true)
    receipts.gone.add(cutOff.id)
    expect(await unfinished(medical, world)).toEqual([])
    const undoing = undo.plan(
      { target: () => medical, safetyBackup: true, compression, receipt: cutOff.id },
      world,
    )
    await expect(undoing).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      message: expect.stringContaining('changed no data') as string,
    })
  })
})

describe("somebody else's lock", () => {
  /** What is said with this lock on the server, and the receipt afterwards. */
  async function met(lock: Partial<FakeServer>, changes: Partial<Receipt> = {}) {
    const scene = hospital()
    await scene.receipts.save({ ...cutOff, ...changes })
    scene.receipts.gone.add(cutOff.id)
    Object.assign(scene.server, { locks: 1, ...lock })
    const said: string[] = []
    await releaseAbandonedLocks([medical], scene.world, (text) => said.push(text))
    return { ...scene, said, receipt: await scene.receipts.read(cutOff.id) }
  }

  test('on a server that was started since is left alone, and our record closed', async () => {
    const { server, said, receipt } = await met({ ...ours, processId: 'another' })
    expect(server.locks).toBe(1)
    expect(said).toEqual([expect.stringContaining('left alone')])
    expect(receipt).toMatchObject({ state: 'failed', writesLocked: false })
  })

  test('that was taken after ours was released is left alone', async () => {
    const { server, receipt } = await met({ lockHolder: 4712, lockTakers: [9] })
    expect(server.locks).toBe(1)
    expect(receipt?.writesLocked).toBe(false)
  })

  test('that may be ours stays, and what to type is said until it is gone', async () => {
    const scene = await met({ ...ours, lockTakers: [7, 9] })
    expect(scene.server.locks).toBe(1)
    expect(scene.said).toEqual([expect.stringContaining('db.fsyncUnlock()')])
    expect(scene.receipt?.writesLocked).toBe(true)
    scene.server.locks = 0
    const again: string[] = []
    await releaseAbandonedLocks([medical], scene.world, (text) => again.push(text))
    expect(again).toEqual([expect.stringContaining('blocks no writes any more')])
  })

  test('besides ours outlives it, and that is told', async () => {
    const { server, said } = await met({ ...ours, locks: 2 })
    expect(server.locks).toBe(1)
    expect(said).toEqual([
      expect.stringContaining('released the writes'),
      expect.stringContaining('still blocked'),
    ])
  })

  test('that is taken while the guard of ours leaves is not released', async () => {
    const scene = hospital()
    await scene.receipts.save(cutOff)
    scene.receipts.gone.add(cutOff.id)
    Object.assign(scene.server, { locks: 1, ...ours })
    const ownContainers = {
      ...scene.world.ownContainers,
      sweep: () => {
        Object.assign(scene.server, { lockHolder: 4712, lockTakers: [9] })
        return Promise.resolve([])
      },
    }
    await releaseAbandonedLocks([medical], { ...scene.world, ownContainers }, () => undefined)
    expect(scene.server.locks).toBe(1)
  })
})
