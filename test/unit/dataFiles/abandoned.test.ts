import { describe, expect, test } from 'vitest'
import type { Receipt } from '../../../src/domain/receipt.js'
import { releaseAbandonedLocks } from '../../../src/procedures/dataFiles/abandonedLocks.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { unfinished } from '../../../src/procedures/restore/unfinished.js'
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
}

async function released(changes: Partial<Receipt> = {}, gone = true, locks = 1) {
  const scene = hospital()
  await scene.receipts.save({ ...cutOff, ...changes })
  if (gone) scene.receipts.gone.add(cutOff.id)
  scene.server.locks = locks
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

  test('of a server that was started since is not ours', async () => {
    const scene = hospital()
    await scene.receipts.save(cutOff)
    scene.receipts.gone.add(cutOff.id)
    scene.server.locks = 1
    // 13:02:04 now, and started two seconds ago; the copy began at 13:00.
    scene.server.facts = { ...scene.server.facts, uptime: 2000 }
    await releaseAbandonedLocks([medical], scene.world, () => undefined)
    expect(scene.server.locks).toBe(1)
  })

  test('that cannot be released is told, and stops nothing', async () => {
    const scene = hospital()
    await scene.receipts.save(cutOff)
    scene.receipts.gone.add(cutOff.id)
    scene.server.locks = 1
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
