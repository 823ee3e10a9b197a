import { describe, expect, test } from 'vitest'
import type { Receipt } from '../../../../src/domain/receipt.js'
import { undo } from '../../../../src/procedures/restore/undo.js'
import { container } from '../../../fakes/stack.js'
import { compression, medical } from '../../../fakes/world.js'
import { bareHost, hospital } from './scene.js'

const volume = 'healthcare_mongo_data'

const left = (changes: Partial<Receipt> = {}): Receipt => ({
  id: 'dr-system-1',
  command: 'dr system',
  target: 'healthcare',
  title: 'rebuild healthcare',
  startedAt: '2026-11-21T13:02:03.000Z',
  state: 'failed',
  actor: 'root',
  host: 'db01',
  pid: 1,
  steps: ['Start mongodb alone'],
  system: {
    folder: '/srv',
    project: 'healthcare',
    volumes: [volume],
    targets: ['medical'],
    restored: {},
  },
  ...changes,
})

/** A host on which these recoveries ran, and the volume of the server is there. */
async function after(receipts: readonly Receipt[], volumeMadeAt = '2026-11-21T13:02:05Z') {
  const { place } = await hospital()
  const host = bareHost(place, 'stands')
  for (const receipt of receipts) await host.receipts.save(receipt)
  host.supplies.volumes.set(volume, volumeMadeAt)
  const undoing = (receipt?: string) =>
    undo.plan(
      {
        target: () => medical,
        safetyBackup: true,
        compression,
        ...(receipt === undefined ? {} : { receipt }),
      },
      host.world,
    )
  return { ...host, undoing }
}

describe('taking back what a recovery made', () => {
  test('names every volume that goes with it', async () => {
    const host = await after([left()])
    const plan = await host.undoing()
    expect(plan.loses).toEqual([`volume ${volume}, with everything in it`])
    const { result } = await host.run(plan)
    expect(result.dropped).toEqual([volume])
    expect(host.project.log).toEqual(['down with volumes'])
  })

  test('goes no further than to what a later run left, once that came to its end', async () => {
    const killed = left({ id: 'dr-system-0', state: 'started' })
    const old = left({ id: 'dr-system-old', startedAt: '2026-11-01T00:00:00.000Z' })
    const host = await after([old, killed, left()])
    host.receipts.gone.add(killed.id)
    await host.recover()
    for (const id of [old.id, killed.id, 'dr-system-1']) {
      expect(await host.receipts.read(id)).toMatchObject({ state: 'failed', settled: {} })
      await expect(host.undoing(id)).rejects.toMatchObject({
        code: 'UNDO_IMPOSSIBLE',
        message: expect.stringContaining('a later run went on') as string,
      })
    }
    await expect(host.undoing()).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })
    expect(host.project.log).not.toContain('down with volumes')
  })

  test.each<[string, Receipt[]]>([
    [
      'a later run came to its end',
      [left({ id: 'later', startedAt: '2026-11-21T13:02:04.000Z', state: 'done' }), left()],
    ],
    ['a week has passed', [left({ startedAt: '2026-11-14T13:02:03.000Z' })]],
    ['somebody settled it', [left({ settled: { at: '', because: 'put right by hand' } })]],
  ])('removes nothing that may be in use: %s', async (_, receipts) => {
    const host = await after(receipts)
    await expect(host.undoing()).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })
    await expect(host.undoing('dr-system-1')).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      message: expect.stringContaining('may be in use') as string,
    })
  })

  const services = { system: { ...left().system, services: ['mongodb'] } } as Partial<Receipt>
  const afterIt = { startedAt: '2026-11-21T13:02:09.000Z', system: undefined }

  test.each<[string, readonly Receipt[], string]>([
    [
      'a restore that came after it',
      [left({ ...afterIt, id: 'r', target: 'medical', state: 'done' } as never), left(services)],
      'came after it',
    ],
    [
      'a service that nobody of ops had begun to start',
      [left(services)],
      'healthcare_api was started since',
    ],
  ])('that was finished by hand, it is in use: %s', async (_, receipts, says) => {
    const host = await after(receipts)
    host.project.stack.containers.push(container('mongodb'), container('api'))
    await expect(host.undoing('dr-system-1')).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      message: expect.stringContaining(says) as string,
    })
  })

  test('takes away services that it had begun to start', async () => {
    const begun = { ...left().system, services: ['mongodb', 'api'] } as Receipt['system']
    const host = await after([left({ system: begun } as Partial<Receipt>)])
    host.project.stack.containers.push(container('mongodb'), container('api'))
    expect((await host.run(await host.undoing())).result.dropped).toEqual([volume])
  })

  test('removes no volume that was there before', async () => {
    const host = await after([left()], '2026-11-21T12:00:00Z')
    await expect(host.undoing()).rejects.toMatchObject({
      code: 'UNDO_IMPOSSIBLE',
      exitCode: 6,
      message: expect.stringContaining(volume) as string,
    })
  })
})
