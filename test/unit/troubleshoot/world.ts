import type { Fix } from '../../../src/checks/troubleshoot/fix.js'
import { found } from '../../../src/checks/troubleshoot/found.js'
import { fixTrouble } from '../../../src/procedures/troubleshoot/fixTrouble.js'
import type { TroubleshootWorld } from '../../../src/procedures/troubleshoot/request.js'
import type { Listener } from '../../../src/ports/premises.js'
import { FakeOperations } from '../../fakes/operations.js'
import { FakeProject } from '../../fakes/project.js'
import { container } from '../../fakes/stack.js'
import { carriedOut, compression, fakeWorld, medical } from '../../fakes/world.js'

/** A hospital with everything that symptoms are told by, in memory. Where a backup is taken its clock has to stand still. */
export function bedside(waiting: 'passes' | 'stands' = 'passes') {
  const it = fakeWorld()
  const operations = new FakeOperations()
  const listeners = new Map<number, readonly Listener[]>()
  const project = new FakeProject([container('mongodb'), container('api')])
  const world: TroubleshootWorld = {
    ...it.world,
    clock: waiting === 'passes' ? it.clock : it.world.clock,
    engine: project.engine(),
    compose: project.compose(),
    containers: project.stack.finder(),
    power: project.stack.power(),
    operations,
    premises: {
      listeners: (port) => Promise.resolve(listeners.get(port) ?? []),
      addresses: () => Promise.resolve(['127.0.0.1', '172.17.0.1']),
      isFree: () => Promise.resolve(true),
      answers: () => Promise.resolve(true),
      space: () => Promise.resolve({ freeBytes: 80e9, totalBytes: 100e9 }),
      fileBytes: () => Promise.resolve(undefined),
    },
    engineHost: {
      memoryBytes: () => Promise.resolve(16 * 1024 ** 3),
      gateways: () => Promise.resolve(['172.17.0.1']),
    },
  }
  it.server.collection('medical_records', 'visits', [{ _id: 1 }, { _id: 2 }])
  const planned = (fix: Fix, around = world) =>
    fixTrouble.plan(
      {
        found: found('slow', 'warn', 'cause', { says: 'something is wrong' }),
        fix,
        targets: [medical],
        timeoutSeconds: 10,
        compression,
      },
      around,
    )
  const done = async (fix: Fix, around = world) => carriedOut(await planned(fix, around), around)
  return { ...it, world, operations, listeners, project, planned, done }
}
